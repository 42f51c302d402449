"""What XlsxWriter cannot say, put into the finished file: language, no last editor, "Heading 1", rows that may grow.

XlsxWriter hands over its parts unpacked. They are packed with fixed dates, so the same book gives the same bytes on any day
and system.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

_CORE, _STYLES, _CUSTOM = "docProps/core.xml", "xl/styles.xml", "docProps/custom.xml"
SEAL, NO_SEAL = "seal", "0" * 64  # a property that tells whether a workbook is as it was written; before it is known
_ROW_HEIGHT = re.compile(rb'(<row [^>]*?)( ht="[0-9.]+") customHeight="1"')  # text cannot hold a raw "<row "
HEADING_XF = 1  # the place of "Heading 1" among the cell styles; XlsxWriter itself only uses place 0


def finish(parts: Iterable[tuple[str, bytes]], *, grow: bool) -> bytes:
    """The workbook of these parts with `dc:language` en-GB, a blank last editor and the built-in style of its titles.

    With `grow`, row heights stand as a program would have fitted them, not as set by a person: Excel then makes a row
    higher while somebody types into it. Raises ValueError where XlsxWriter's parts are not as expected: a new version
    of it, our mistake to notice.
    """

    def finished(name: str, part: bytes) -> bytes:
        if name == _CORE:
            return _core(part.decode()).encode()
        if name == _STYLES:
            return _styles(part.decode()).encode()
        return _ROW_HEIGHT.sub(rb"\1\2", part) if grow and name.startswith("xl/worksheets/sheet") else part

    return _written(parts, finished)


def taken_parts(workbook: Any) -> Iterator[tuple[str, bytes]]:
    """The parts of a workbook of XlsxWriter, which closes it. Each is let go of when the next is asked for."""
    files: list[tuple[Any, str, bool]] = []
    packager = workbook._get_packager()
    make = packager._create_package

    def kept() -> list[object]:
        files.extend(make())
        return []  # nothing for it to pack

    packager._create_package = kept
    workbook._get_packager = lambda: packager
    workbook.close()
    while files:
        file, name, packed = files.pop(0)
        yield name, file.getvalue() if packed else file.getvalue().encode()


def _written(parts: Iterable[tuple[str, bytes]], change: Callable[[str, bytes], bytes]) -> bytes:
    """A package of these parts, each changed, under fixed dates."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, before in parts:
            part = change(name, before)
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same whatever system writes it
            info.external_attr = 0o600 << 16
            new.writestr(info, part)
    return out.getvalue()


def seal(data: bytes) -> bytes:
    """The same workbook with a mark of everything in it put into its property SEAL, which it must have with NO_SEAL in it."""
    mark = _mark(data).encode()
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = ((name, package.read(name)) for name in package.namelist())
        return _written(parts, lambda name, part: part.replace(NO_SEAL.encode(), mark) if name == _CUSTOM else part)


def is_sealed(data: bytes) -> bool:
    """Whether a workbook is, byte for byte within, as `seal` left it: no program has saved it since."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return _CUSTOM in package.namelist() and _mark(data).encode() in package.read(_CUSTOM)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error):
        return False


def _mark(data: bytes) -> str:
    """The hash of the names and bytes of every part but the one that holds the mark itself."""
    told = hashlib.sha256()
    with zipfile.ZipFile(BytesIO(data)) as package:
        for name in package.namelist():
            if name != _CUSTOM:
                told.update(f"{name}\0".encode())
                told.update(hashlib.sha256(package.read(name)).digest())
    return told.hexdigest()


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
