"""Checks on the parts of the package itself: what openpyxl leaves out when it reads a workbook."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple

from workflow.accessible.page import Fault, Most, TooLargeError
from workflow.model import Profile

_LARGEST = 2_000_000  # domain.md X35
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_FORBIDDEN = (
    ("vbaProject", "has macros. Save it as a workbook without macros."),
    ("xl/macrosheets/", "has macro sheets. Take them out."),
    ("xl/externalLinks/", "has links to other workbooks. Replace them by their values."),
    ("xl/embeddings/", "has embedded objects. Take them out."),
    ("xl/activeX/", "has controls. Take them out."),
    ("xl/ctrlProps/", "has controls. Take them out."),
    ("xl/connections.xml", "has data connections. Take them out."),
    ("xl/pivotCache/", "has a pivot table, which keeps a hidden copy of its data. Replace it by its values."),
)


class File(NamedTuple):
    """The file itself: its package's parts by name (see `read_parts`), its bytes and its name ("" where not known)."""

    parts: dict[str, bytes]
    profile: Profile
    data: bytes
    name: str


def read_parts(data: bytes, most: Most) -> dict[str, bytes]:
    """The package's parts that the checks read: names of all, contents of drawings, charts and tables only.

    Raises TooLargeError, or what zipfile raises where the data is no package.
    """
    with zipfile.ZipFile(BytesIO(data)) as package:
        if sum(info.file_size for info in package.infolist()) > most.size:
            raise TooLargeError(f"unpacked it is more than {most.size // 1_000_000} MB")
        wanted = re.compile(r"xl/(?:drawings|charts|tables)/.*\.xml$")
        return {name: package.read(name) if wanted.search(name) else b"" for name in package.namelist()}


def has_formula_links(data: bytes) -> bool:
    """Whether any sheet has a HYPERLINK formula."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = [name for name in package.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        return any(b"HYPERLINK(" in package.read(name) for name in names)


def no_active_content(file: File) -> Iterator[Fault]:
    """X22: no macros, external links or embedded objects."""
    for prefix, words in _FORBIDDEN:
        if any(prefix in name for name in file.parts):
            yield Fault("", "", f"the workbook {words}")


def no_shapes(file: File) -> Iterator[Fault]:
    """X17: no text boxes or shapes. A return may carry cell notes, which are drawn as shapes of their own kind."""
    for name, part in file.parts.items():
        if name.startswith("xl/drawings/drawing") and re.search(rb"<(?:\w+:)?sp[ >]", part):
            yield Fault("", "", "the workbook has text boxes or shapes. Put their words into cells.")
    commented = any(re.match(r"xl/comments|xl/threadedComments", name) for name in file.parts)
    if file.profile is Profile.PUBLISHED and commented:
        yield Fault("", "", "the workbook has cell notes or comments. Put what readers need into cells.")


def no_pictures(file: File) -> Iterator[Fault]:
    """X21: no images; a chart only in a published file and with alternative text."""
    if any(name.startswith("xl/media/") for name in file.parts):
        yield Fault("", "", "the workbook has images or logos. Take them out.")
    charts = any(name.startswith("xl/charts/chart") for name in file.parts)
    if charts and file.profile is Profile.RETURN:
        yield Fault("", "", "the workbook has charts. Take them out of a return.")
    for name, part in file.parts.items():
        frames = re.findall(rb"<(?:\w+:)?graphicFrame[ >].*?<(?:\w+:)?cNvPr ([^>]*)>", part, re.DOTALL)
        if charts and name.startswith("xl/drawings/drawing") and any(not re.search(rb'descr="[^"]', f) for f in frames):
            yield Fault("", "", "a chart has no alternative text. Add it, or take the chart out.")


def described_tables(file: File) -> Iterator[Fault]:
    """X33: each table has alternative text."""
    for part in (part for name, part in file.parts.items() if re.fullmatch(r"xl/tables/[^/]+\.xml", name)):
        if not re.search(rb'\baltText(?:Summary)?="[^"]', part):
            told = re.search(rb'\bdisplayName="(\w{1,255})"', part)
            table = f"the table {told[1].decode('ascii')}" if told and told[1].isascii() else "a table"
            yield Fault("", "", f"{table} has no alternative text. Add it (right-click the table: Table, Alternative Text).")


def file_itself(file: File) -> Iterator[Fault]:
    """X35: a short, plain file name (where it is known) and a size that mail systems take."""
    base = PurePosixPath(file.name.replace("\\", "/")).name
    if base and (len(base) > 100 or not _NAME.fullmatch(base)):
        yield Fault("", "", f"the file name {base} is longer than 100 characters, or has something other than letters, "
                            "digits, full stops, hyphens and underscores. Rename it.")
    if words := too_large(len(file.data)):
        yield Fault("", "", words)


def too_large(size: int) -> str:
    """What is said of a file of so many bytes, "" where its size is no trouble."""
    return f"the file is {size / 1e6:.1f} MB. Keep it under 2 MB." if size > _LARGEST else ""
