"""The packs in other formats (`--also ods,pdf`): beside each pack, in step with it, and never in the way of the rest.

A small program stands in for LibreOffice, found on PATH as the true one is; the last tests ask the true one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import python_calamine
from click.testing import CliRunner, Result

from tests import small as s
from tests.small import Q2, Small
from workflow import office
from workflow.cli import main
from workflow.pipeline.also import KINDS

DAY = s.COLLATED[Q2].isoformat()
BOARDS = f"outbox/{Q2}/boards"
# What it makes differs each time, as the true one's does: identifiers, dates, the order of page styles.
FAKE = r"""#!{python}
import os, pathlib, re, subprocess, sys, time, uuid, zipfile
here = pathlib.Path(os.environ["FAKE_OFFICE"])
said = sys.argv[1:]
kind = said[said.index("--convert-to") + 1].split(":")[0]
folder = pathlib.Path(said[said.index("--outdir") + 1])
profile = next(a for a in said if a.startswith("-env:UserInstallation="))
files = [pathlib.Path(a) for a in said if a.endswith(".xlsx")]
with (here / "calls.txt").open("a") as log:
    print(kind, len(files), profile, file=log)
if (here / "hangs").exists():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (here / "child.txt").write_text(str(child.pid))
    time.sleep(60)
now, new = time.strftime("%Y%m%d%H%M%S"), lambda: uuid.uuid4().hex.upper()
for file in files:
    title = re.search("<dc:title>(.*?)</dc:title>", zipfile.ZipFile(file).read("docProps/core.xml").decode())[1]
    if (here / "refuses").exists() and (here / "refuses").read_text() in title:
        continue
    target = folder / f"{{file.stem}}.{{kind}}"
    if kind == "pdf":
        head = f"%PDF-1.6\n{{title}} /CreationDate(D:{{now}}Z')\n"
        target.write_text(head + f"trailer\n/ID [ <{{new()}}>\n<{{new()}}> ]\n/DocChecksum /{{new()}}\n%%EOF\n")
        continue
    pages = sorted((f'<style:master-page style:name="{{n}}"></style:master-page>' for n in range(4)), key=lambda _: new())
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("styles.xml", "<x>" + "".join(pages) + "</x>")
        package.writestr("meta.xml", f"<dc:date>{{now}}</dc:date><dc:creator>{{new()}}</dc:creator>{{title}}")
        package.writestr("settings.xml", f'<config:config-item config:name="PrinterName" x="y">{{new()}}</config:config-item>')
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
if (here / "fails").exists():
    sys.exit(7)
"""
pytestmark = pytest.mark.usefixtures("drawn_once")
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
needs_poppler = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler's tools are not installed")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.begun(tmp_path / "small", s.two_in)


@pytest.fixture
def no_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without LibreOffice."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(office, "_PLACES", (("ProgramFiles", "LibreOffice/program/soffice.exe"),))
    monkeypatch.delenv("ProgramFiles", raising=False)


@pytest.fixture
def fake(no_office: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a stand-in, which is found on PATH; files in it tell it how to behave."""
    program = tmp_path / "bin/soffice"
    program.write_text(FAKE.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("FAKE_OFFICE", str(tmp_path / "bin"))
    yield program.parent
    if (program.parent / "child.txt").exists():
        assert not _runs(int((program.parent / "child.txt").read_text())), "what it started still runs"


def _runs(number: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":  # ended, and nobody has asked after it yet
            return False
        time.sleep(0.1)
    return True


def run(small: Small, command: str, *more: str) -> Result:
    done = CliRunner().invoke(main, [command, "--workspace", str(small.root), "--period", Q2, "--today", DAY, *more])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def packs(small: Small) -> list[Path]:
    return sorted((small.root / BOARDS).glob("*.xlsx"))


def others(small: Small) -> set[str]:
    return {p.name for p in (small.root / BOARDS).iterdir() if p.suffix != ".xlsx"}


def calls(fake: Path) -> list[str]:
    log = fake / "calls.txt"
    return log.read_text().splitlines() if log.exists() else []


def wanted(small: Small) -> set[str]:
    return {f"{p.stem}.{kind}" for p in packs(small) for kind in KINDS}


@pytest.mark.parametrize("command", ["emit", "collate"])
def test_each_pack_stands_there_in_each_format_and_twice_is_once(small: Small, fake: Path, command: str) -> None:
    done = run(small, command, "--also", "pdf, ODS")
    assert others(small) == wanted(small) and len(packs(small)) > 1, done.output
    assert [call.split()[:2] for call in calls(fake)] == [["pdf", f"{len(packs(small))}"], ["ods", f"{len(packs(small))}"]]
    page = (small.root / f"outbox/{Q2}/index.html").read_text(encoding="utf-8")
    assert command == "emit" or all(name in page for name in others(small))
    before = small.files()
    again = run(small, command, "--also", "ods,pdf")
    assert len(calls(fake)) == 2, "it is asked again for what stands"
    assert small.files() == before
    assert again.exit_code == done.exit_code
    run(small, command)
    assert small.files() == before, "they stay where they are not asked for again"


def test_the_same_pack_gives_the_same_bytes(small: Small, fake: Path) -> None:
    run(small, "emit", "--also", "ods,pdf")
    before = small.files()
    for name in others(small):
        (small.root / BOARDS / name).unlink()
    run(small, "emit", "--also", "ods,pdf")
    assert len(calls(fake)) == 4
    assert small.files() == before
    data = (small.root / BOARDS / f"{packs(small)[0].stem}.pdf").read_bytes()
    assert f"D:{DAY.replace('-', '')}000000".encode() in data, "it bears another day than its pack"


def test_each_run_has_a_profile_of_its_own_that_is_gone_afterwards(small: Small, fake: Path) -> None:
    run(small, "emit", "--also", "ods,pdf")
    profiles = [call.split("UserInstallation=file://")[1] for call in calls(fake)]
    assert len(set(profiles)) == 2
    assert not any(Path(profile).parent.exists() for profile in profiles)


def test_without_the_program_all_the_rest_is_done(small: Small, no_office: None) -> None:
    shutil.rmtree(small.root / f"outbox/{Q2}/boards")
    done = run(small, "emit", "--also", "ods,pdf")
    assert done.exit_code == 1
    notes = [line for line in done.output.splitlines() if "LibreOffice" in line]
    assert len(notes) == 1 and "no ODS and PDF was made" in notes[0] and "workflow emit --also ods,pdf" in notes[0]
    assert packs(small) and not others(small)
    before = small.files()
    assert "LibreOffice was not found" in run(small, "collate", "--also", "pdf").output
    assert "LibreOffice" not in (small.root / f"outbox/{Q2}/run.txt").read_text(encoding="utf-8")
    assert small.files().keys() == before.keys()


def test_what_is_of_an_earlier_pack_goes(small: Small, fake: Path) -> None:
    run(small, "collate", "--also", "pdf")
    kept = others(small)
    small.returns("yos")
    done = run(small, "collate")
    assert not others(small)
    assert "was removed" in done.output or "were removed" in done.output
    assert "add --also pdf" in " ".join(done.output.split())
    before = small.files()
    again = run(small, "collate")
    assert "removed" not in again.output
    assert small.files() == before
    run(small, "collate", "--also", "pdf")
    assert others(small) == kept


def test_a_persons_edit_is_left_and_the_new_one_put_beside_it(small: Small, fake: Path) -> None:
    run(small, "emit", "--also", "pdf")
    mine = small.root / BOARDS / sorted(others(small))[0]
    mine.write_bytes(b"annotated")
    done = run(small, "emit", "--also", "pdf")
    assert mine.read_bytes() == b"annotated"
    beside = f"{mine.stem} (new {DAY}).pdf"
    assert beside in others(small) and beside in done.output
    assert done.exit_code == 1
    before = small.files()
    assert beside in run(small, "emit", "--also", "pdf").output
    assert small.files() == before


def test_what_we_did_not_write_is_given_to_no_program(small: Small, fake: Path) -> None:
    changed, stranger = packs(small)[0], small.root / BOARDS / "minutes.xlsx"
    changed.write_bytes(changed.read_bytes() + b" ")
    stranger.write_bytes(b"not ours")
    done = run(small, "emit", "--also", "ods")
    made = {f"{p.stem}.ods" for p in packs(small) if p.name not in (changed.name, "minutes.xlsx") and "(new" not in p.name}
    assert others(small) == made
    assert calls(fake)[0].split()[:2] == ["ods", str(len(made))]
    told = [line for line in done.output.splitlines() if "so no ODS was made of it" in line]
    assert sorted(line.split()[1] for line in told) == sorted(f"{BOARDS}/{p.name}" for p in (changed, stranger))


def test_one_that_cannot_be_made_is_named_and_costs_itself(small: Small, fake: Path) -> None:
    lost = packs(small)[-1]
    core = zipfile.ZipFile(lost).read("docProps/core.xml").decode()
    title = re.search("<dc:title>(.*?)</dc:title>", core)
    assert title
    (fake / "refuses").write_text(title[1])
    (fake / "fails").touch()
    done = run(small, "collate", "--also", "ods,pdf")
    assert others(small) == {name for name in wanted(small) if not name.startswith(lost.stem)}
    said = " ".join(done.output.split())
    for kind in ("ODS", "PDF"):
        assert f"{BOARDS}/{lost.name} could not be made into {kind}: LibreOffice ended with exit code 7." in said
    assert done.exit_code == 1
    assert "exit code 7" not in (small.root / f"outbox/{Q2}/run.txt").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_program_that_never_ends_is_ended(small: Small, fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (fake / "hangs").touch()
    monkeypatch.setattr(office, "START_SECONDS", 0.5)
    monkeypatch.setattr(office, "FILE_SECONDS", 0.1)
    done = run(small, "emit", "--also", "pdf")
    assert done.exit_code == 1
    assert len(re.findall(r"could not be made into PDF: LibreOffice was not done after", done.output)) == len(packs(small))
    assert not others(small)


def test_a_dry_run_asks_for_nothing(small: Small, fake: Path) -> None:
    before = small.files()
    run(small, "collate", "--dry-run", "--also", "ods,pdf")
    assert not calls(fake)
    assert small.files() == before


def test_papers_of_an_earlier_day_have_theirs_beside_them(small: Small, fake: Path) -> None:
    run(small, "emit", "--as-at", DAY, "--also", "pdf")
    folder = small.root / f"outbox/{Q2}/as-at-{DAY}/boards"
    found = sorted(folder.glob("*.xlsx"))
    assert found and [p.with_suffix(".pdf") for p in found] == sorted(folder.glob("*.pdf"))
    assert not others(small)


def test_another_format_is_refused(small: Small) -> None:
    before = small.files()
    done = run(small, "emit", "--also", "ods,docx")
    assert done.exit_code == 2
    assert "docx" in done.output and "--also ods,pdf" in done.output
    assert small.files() == before


@pytest.mark.parametrize(("variable", "below"), office._PLACES)
def test_it_is_found_where_it_is_usually_installed(
    no_office: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, below: str
) -> None:
    """Under another name for the root of the disk, where it needs no variable."""
    monkeypatch.setattr(office, "_PLACES", (("HERE", "none/soffice"), (variable or "HERE", below.lstrip("/"))))
    monkeypatch.setenv("HERE", str(tmp_path))
    assert office.find() is None
    monkeypatch.setenv(variable or "HERE", str(tmp_path))
    program = tmp_path / below.lstrip("/")
    program.parent.mkdir(parents=True)
    program.touch()
    assert office.find() == office.Office(program)


# --- the true program


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A workspace whose packs LibreOffice made into both formats."""
    small = s.begun(tmp_path_factory.mktemp("true") / "small", s.two_in)
    done = run(small, "emit", "--also", "ods,pdf")
    assert done.exit_code == 0, done.output
    return small


def said_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def cells(path: Path) -> Mapping[str, Sequence[Sequence[object]]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.mark.long
@pytest.mark.libreoffice
@needs_office
@needs_poppler
def test_a_pdf_has_the_packs_title_language_tags_and_words(true: Small) -> None:
    for pack in packs(true):
        pdf = pack.with_suffix(".pdf")
        told = dict(line.split(":", 1) for line in said_by("pdfinfo", str(pdf)).splitlines() if ":" in line)
        core = zipfile.ZipFile(pack).read("docProps/core.xml").decode()
        assert f"<dc:title>{told['Title'].strip()}</dc:title>" in core
        assert told["Tagged"].strip() == "yes"
        assert int(told["Pages"]) >= len(cells(pack)), "fewer pages than sheets"
        assert told["CreationDate"].split()[1:3] == [s.COLLATED[Q2].strftime("%b"), str(s.COLLATED[Q2].day)]
        data = pdf.read_bytes()
        assert b"/Lang(en-GB)" in data and b"/DisplayDocTitle true" in data and b"/Outlines" in data
        assert b"pdfuaid" not in data, "it claims more than was tested"
        printed = set(said_by("pdftotext", str(pdf), "-").split())
        shown = {word for rows in cells(pack).values() for row in rows for cell in row if isinstance(cell, str)
                 for word in cell.split() if len(word) < 8}  # fmt: skip
        assert shown and len(shown - printed) < len(shown) / 50, sorted(shown - printed)


@pytest.mark.long
@pytest.mark.libreoffice
@needs_office
def test_an_ods_says_what_its_pack_says_and_nothing_of_this_computer(true: Small) -> None:
    for pack in packs(true):
        ods = pack.with_suffix(".ods")
        there, here = cells(ods), cells(pack)
        assert list(there) == list(here)
        for sheet, rows in here.items():
            assert there[sheet][: len(rows)] == rows, sheet
        with zipfile.ZipFile(ods) as package:
            assert package.infolist()[0].filename == "mimetype" and package.infolist()[0].compress_type == zipfile.ZIP_STORED
            assert b"Printer" not in package.read("settings.xml").replace(b"PrinterPaperFromSetup", b"")
            meta = package.read("meta.xml").decode()
        assert "<dc:language>en-GB</dc:language>" in meta and "<dc:title>" in meta and "dc:creator" not in meta
        assert os.environ.get("USER") is None or f">{os.environ['USER']}<" not in meta


@pytest.mark.long
@pytest.mark.libreoffice
@needs_office
def test_the_true_program_gives_the_same_bytes_again(true: Small) -> None:
    program = office.find()
    assert program
    books = {p.name: p.read_bytes() for p in packs(true)}
    for kind in KINDS:
        stands = {name: (true.root / BOARDS / name).with_suffix(f".{kind}").read_bytes() for name in books}
        assert program.convert(books, kind) == stands
