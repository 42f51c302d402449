"""What XlsxWriter cannot say, put into the finished file: language, no last editor, "Heading 1", rows that may grow.

The package is written again with fixed dates, so the same book gives the same bytes on any day and system.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_CORE, _STYLES = "docProps/core.xml", "xl/styles.xml"
_ROW_HEIGHT = re.compile(rb'(<row [^>]*?)( ht="[0-9.]+") customHeight="1"')  # text cannot hold a raw "<row "
HEADING_XF = 1  # the place of "Heading 1" among the cell styles; XlsxWriter itself only uses place 0


def finish(data: bytes, *, grow: bool) -> bytes:
    """The same workbook with `dc:language` en-GB, a blank last editor and the built-in style of its titles.

    With `grow`, row heights stand as a program would have fitted them, not as set by a person: Excel then makes a row
    higher while somebody types into it. Raises ValueError where XlsxWriter's parts are not as expected: a new version
    of it, our mistake to notice.
    """
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == _CORE:
                part = _core(part.decode()).encode()
            elif name == _STYLES:
                part = _styles(part.decode()).encode()
            elif grow and name.startswith("xl/worksheets/sheet"):
                part = _ROW_HEIGHT.sub(rb"\1\2", part)
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same whatever system writes it
            info.external_attr = 0o600 << 16
            new.writestr(info, part)
    return out.getvalue()


def _core(xml: str) -> str:
    xml = _once(r"<cp:lastModifiedBy>[^<]*</cp:lastModifiedBy>", "<cp:lastModifiedBy></cp:lastModifiedBy>", xml)
    return _once("</cp:coreProperties>", "<dc:language>en-GB</dc:language></cp:coreProperties>", xml)


def _styles(xml: str) -> str:
    titled = re.search(rf'<xf numFmtId="\d+" fontId="(\d+)" fillId="0" borderId="0" xfId="{HEADING_XF}"', xml)
    if not titled:
        raise ValueError("no cell has the title's format")
    style = f'<xf numFmtId="0" fontId="{titled[1]}" fillId="0" borderId="0" applyFont="1"/>'
    xml = _once(r'<cellStyleXfs count="1">(.*?)</cellStyleXfs>', rf'<cellStyleXfs count="2">\1{style}</cellStyleXfs>', xml)
    name = f'<cellStyle name="Heading 1" xfId="{HEADING_XF}" builtinId="16"/>'
    return _once(r'<cellStyles count="1">(.*?)</cellStyles>', rf'<cellStyles count="2">{name}\1</cellStyles>', xml)


def _once(pattern: str, new: str, xml: str) -> str:
    xml, count = re.subn(pattern, new, xml, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{pattern} stands {count} times in the part, not once")
    return xml
