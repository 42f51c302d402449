"""The room that knows LibreOffice: a workbook of ours as ODS or PDF, made by that program where it is installed.

It is only ever given files that we wrote ourselves. It runs without a window, with a user profile of its own that is thrown
away, so that a LibreOffice that somebody has open is neither in the way nor touched, and within a time limit.

What it makes is settled afterwards: dates are those of the workbook, what it makes up anew each time (identifiers, the order of
page styles) is made the same, and the name of this computer's printer goes. One version of it, with the same fonts, then makes
the same bytes of the same workbook.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

KINDS = ("ods", "pdf")
START_SECONDS, FILE_SECONDS = 90, 30  # a first start with a new profile is slow; a pack takes about one second
_NAMES = ("soffice", "libreoffice")  # on PATH; `which` adds .exe where that is the way
_PLACES = (  # where it is installed when PATH does not know of it; a variable of the environment, and below it
    ("ProgramFiles", "LibreOffice/program/soffice.exe"),
    ("ProgramFiles(x86)", "LibreOffice/program/soffice.exe"),
    ("ProgramW6432", "LibreOffice/program/soffice.exe"),
    ("", "/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    ("HOME", "Applications/LibreOffice.app/Contents/MacOS/soffice"),
    ("", "/usr/lib/libreoffice/program/soffice"),
)
_VERSIONS = ("versionrc", "version.ini", "../Resources/versionrc")  # beside the program: which build it is
# Text is UK English, and nothing is asked of the network.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>en-GB</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="DefaultLocale" oor:op="fuse"><value>en-GB</value></prop></item>
<item oor:path="/org.openoffice.Office.Jobs/Jobs/org.openoffice.Office.Jobs:Job['UpdateCheck']/Arguments">
<prop oor:name="AutoCheckEnabled" oor:op="fuse" oor:type="xs:boolean"><value>false</value></prop></item>
</oor:items>
"""
# Tags, bookmarks for the sheets, and the title in the window. PDF/UA is not asked for: the program would write that claim into
# the file, and its tables are not tagged as tables, so that the claim would not be true.
_PDF = {"UseTaggedPDF": True, "ExportBookmarks": True, "DisplayPDFDocumentTitle": True, "PDFUACompliance": False}


@dataclass(frozen=True, slots=True)
class Office:
    """A LibreOffice that is installed here."""

    program: Path

    @property
    def version(self) -> str:
        """Which build it is, as far as it says: another one may draw a page otherwise."""
        folder = self.program.resolve().parent
        for name in _VERSIONS:
            with suppress(OSError):
                return hashlib.sha256((folder / name).read_bytes()).hexdigest()
        return ""

    def convert(self, books: Mapping[str, bytes], kind: str) -> dict[str, bytes | str]:
        """Each workbook (by name) as `kind`; in its place, in words, why there is none.

        All are made in one go. Those that did not come out of it are tried once more, each by itself.
        """
        made: dict[str, bytes | str] = dict(self._together(books, kind))
        for name, data in books.items():
            if not isinstance(made[name], bytes) and len(books) > 1:
                made.update(self._together({name: data}, kind))
        return made

    def _together(self, books: Mapping[str, bytes], kind: str) -> Iterator[tuple[str, bytes | str]]:
        with tempfile.TemporaryDirectory(prefix="workflow-", ignore_cleanup_errors=True) as made_here:
            folder = Path(made_here)
            numbered = {name: f"{n}.xlsx" for n, name in enumerate(books)}
            for name, data in books.items():
                (folder / numbered[name]).write_bytes(data)
            why = self._run(folder, list(numbered.values()), kind)
            for name, data in books.items():
                try:
                    yield name, _settled((folder / numbered[name]).with_suffix(f".{kind}").read_bytes(), data, kind)
                except (OSError, ValueError, KeyError, zipfile.BadZipFile):
                    yield name, why or "LibreOffice did not say why"

    def _run(self, folder: Path, files: list[str], kind: str) -> str:
        """Run it on files of a folder. Returns in words what went wrong, "" where nothing is known to have."""
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user/registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        seconds = START_SECONDS + FILE_SECONDS * len(files)
        arguments = [
            "--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault",
            f"-env:UserInstallation={profile.as_uri()}", "--convert-to", _filter(kind), "--outdir", str(folder),
            *(str(folder / name) for name in files),
        ]  # fmt: skip
        try:
            process = subprocess.Popen(  # noqa: S603 - the program that was found, on our own files
                [str(self.program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={**os.environ, "TZ": "UTC"},
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as trouble:
            return f"LibreOffice did not start ({trouble.strerror or 'no reason given'})"
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"LibreOffice was not done after {seconds} seconds and was stopped"
        finally:
            _end(process)
        return f"LibreOffice ended with exit code {code}" if code else ""


def find() -> Office | None:
    """The LibreOffice of this computer: on PATH, else where it is usually installed. None where there is none."""
    on_path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if on_path:
        return Office(Path(on_path))
    for variable, below in _PLACES:
        base = os.environ.get(variable) if variable else ""
        if base is not None and (place := Path(base, below)).is_file():
            return Office(place)
    return None


def _filter(kind: str) -> str:
    if kind != "pdf":
        return kind
    options = {name: {"type": "boolean", "value": str(wanted).lower()} for name, wanted in _PDF.items()}
    return f"pdf:calc_pdf_Export:{json.dumps(options, separators=(',', ':'))}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with whatever it started: what is called soffice mostly starts another program and waits."""
    if sys.platform == "win32":
        if process.poll() is None:
            taskkill = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32/taskkill.exe")
            subprocess.run([str(taskkill), "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
    process.wait()


# --- the same bytes each time


def _settled(made: bytes, book: bytes, kind: str) -> bytes:
    """What was made, under the day that its workbook bears. Raises ValueError or KeyError where it is not what it should be."""
    with zipfile.ZipFile(BytesIO(book)) as package:
        core = package.read("docProps/core.xml").decode()
    day = re.search(r"<dcterms:created[^>]*>(\d{4}-\d\d-\d\d)T", core)
    if day is None:
        raise ValueError("the workbook says no day")
    return _settled_pdf(made, day[1]) if kind == "pdf" else _settled_ods(made, day[1])


def _settled_pdf(data: bytes, day: str) -> bytes:
    """Each of these is replaced by as many bytes, so that every part stays where the file's own table says."""
    if not data.startswith(b"%PDF-"):
        raise ValueError("no PDF")
    data = re.sub(rb"(/(?:Creation|Mod)Date\(D:)\d{14}", rb"\g<1>" + day.replace("-", "").encode() + b"000000", data)
    data = re.sub(rb"(<xmp:\w+Date>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", rb"\g<1>" + day.encode() + b"T00:00:00", data)
    known = re.compile(rb"(/ID\s*\[\s*<|(?<=>)\s*<|/DocChecksum\s*/)[0-9A-Fa-f]{32}(?=>|\s)")
    at = data.rfind(b"trailer")
    body, tail = data[:at], data[at:]
    blank = known.sub(rb"\g<1>" + b"0" * 32, tail)
    mark = hashlib.sha256(body + blank).hexdigest()[:32].upper().encode()
    return body + known.sub(rb"\g<1>" + mark, tail)


def _settled_ods(data: bytes, day: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "mimetype", name)):  # the format wants that one first
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same whatever system writes it
            info.external_attr = 0o600 << 16
            new.writestr(info, _settled_part(name, old.read(name), day))
    return out.getvalue()


def _settled_part(name: str, part: bytes, day: str) -> bytes:
    match name:
        case "meta.xml":
            part = re.sub(rb"<(meta:editing-duration|meta:editing-cycles|meta:print-date|dc:creator)>[^<]*</\1>", b"", part)
            return re.sub(rb"(<(?:meta:creation-date|dc:date)>)[^<]*", rb"\g<1>" + day.encode() + b"T00:00:00", part)
        case "settings.xml":  # which printer this computer has is nobody's business
            printer = rb'<config:config-item config:name="Printer(?:Name|Setup)"[^>]*?(?:/>|>[^<]*</config:config-item>)'
            return re.sub(printer, b"", part)
        case "styles.xml":
            pages = re.compile(rb"(?:<style:master-page .*?</style:master-page>)+", re.DOTALL)
            return pages.sub(lambda found: b"".join(sorted(re.findall(rb"<style:master-page .*?</style:master-page>",
                found[0], re.DOTALL))), part)  # fmt: skip
        case _:
            return part
