"""Builds the example from its readable sources: `python -m tests.example.build`.

`register/*.toml` become `config/register.xlsx`; `returns/*.toml` become the partners' files in `inbox/`, typed by other
programs than ours: openpyxl fills most templates in, LibreOffice's own application the ones whose story says so. The days of
`config/demo.toml` are run one after another while building, because each workbook shows what stood before.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from tests import office
from tests.example import mails
from tests.example.besides import Besides, besides
from workflow import config, reader, writer
from workflow.model import OFFICE, Form, Register, column_letters
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.start import OFFICE_FILES, bring, take

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# What the three quarters ask for, then what the register has only to look back on or forward to.
ITEM_FILES = (
    "items-actions", "items-commitments", "items-indicators", "items-measures",
    "items-commitments-2021", "items-commitments-strategy",
)  # fmt: skip
FORMS = ("actions", "commitments", "indicators", "measures", "issues", "activities", "next_year")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of one source file; none where there is no such file."""
    return tomllib.loads(path.read_text(encoding="utf-8")).get("row", []) if path.exists() else []


def register_bytes() -> bytes:
    """The example's register as a workbook."""
    forms = config.load_forms(ROOT / "templates/register")
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in forms:
        found = sorted((HERE / "register").glob(f"{name}.toml")) + sorted((HERE / "register").glob(f"{name}-*.toml"))
        rows[name] = [row for path in found for row in rows_of(path)]
    rows["items"] = [
        {**row, "form": name.split("-")[1]} for name in ITEM_FILES for row in rows_of(HERE / "register" / f"{name}.toml")
    ]
    return writer.render(
        config.register_book(forms, rows, "Register of Estuary Community Safety Partnership", date(2023, 9, 1))
    )


@dataclass(frozen=True)
class Typed:
    """One partner's answers for one period: form -> key -> field -> what is typed."""

    partner: str
    period: str
    about: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @property
    def story(self) -> str:
        return str(self.about["story"])

    @property
    def by(self) -> str:
        """How it comes: "" for a bare workbook, else mail, forwarded, outlook or zip."""
        return str(self.about.get("by", ""))

    @property
    def sent(self) -> datetime:
        sent = self.about["sent"]
        assert isinstance(sent, datetime)
        return sent


def typed_returns(period: str) -> Iterator[Typed]:
    """What every partner typed, faults included."""
    faults = tomllib.loads((HERE / "returns/faults.toml").read_text(encoding="utf-8"))["fault"]
    for about in rows_of(HERE / f"returns/about-{period}.toml"):
        partner = about["partner"]
        answers: dict[str, dict[str, dict[str, Any]]] = {}
        for form in about.get("forms", FORMS) if about["story"] != "nil" else ():
            for row in rows_of(HERE / f"returns/{form}-{period}.toml"):
                if row["partner"] == partner:
                    values = {k: v for k, v in row.items() if k not in ("partner", "key")}
                    answers.setdefault(form, {})[row["key"]] = values
        for fault in faults:
            if (fault["partner"], fault["period"]) == (partner, period):
                answers.setdefault(fault["form"], {}).setdefault(fault["key"], {})[fault["field"]] = fault["typed"]
        yield Typed(partner, period, about, answers)


def cells_to_type(template: Path, typed: Typed, forms: Mapping[str, Form]) -> Iterator[tuple[str, str, Any]]:
    """(sheet, cell, what is typed) for one template, found by heading and row key as a person would find them."""
    book = reader.read_bytes(template.read_bytes())
    for name, form in forms.items():
        table = reader.read_table(book, form, template.name)
        if not table.found:
            assert name not in typed.answers, f"{typed.partner} has no {name} in {typed.period}"
            continue
        if form.layout == "record":
            yield from record_cells(book, table, typed.about, form)
            continue
        answers = dict(typed.answers.get(name, {}))
        for row in table.rows:
            values = dict(answers.pop(row.key, {}))
            for field, value in values.items():
                if value != "":
                    yield row.sheet, f"{column_letters(row.columns[field])}{row.number}", value
        assert not answers, f"{typed.partner} {typed.period} {name}: no row for {sorted(answers)}"


def record_cells(
    book: reader.Workbook, table: reader.TableRead, about: Mapping[str, Any], form: Form
) -> Iterator[tuple[str, str, Any]]:
    """The lines of the About sheet: the answer stands right of its heading."""
    sheet = next(s for s in book.sheets if s.name == table.sheet)
    lines = {str(cell.value): (row, col) for (row, col), cell in sheet.cells.items() if col == 1}
    for field in form.answers:
        value = about.get(field.name, True if field.name == "nil_return" and about["story"] == "nil" else None)
        if value is not None and field.heading in lines:
            row, col = lines[field.heading]
            yield table.sheet, f"{column_letters(col + 1)}{row}", value


def as_typed(value: Any) -> Any:
    """A value as a person types it into a cell."""
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else value


def fill_with_openpyxl(template: Path, cells: list[tuple[str, str, Any]]) -> bytes:
    """Type into a template and save it, as a program that is not ours."""
    book = openpyxl.load_workbook(template)
    for sheet, cell, value in cells:
        book[sheet][cell].value = as_typed(value)
        if isinstance(value, str):
            book[sheet][cell].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill_with_libreoffice(template: Path, cells: list[tuple[str, str, Any]], *, moved: bool) -> bytes:
    """Type into a template in LibreOffice Calc; `moved` also inserts rows and columns and moves a column."""
    steps: list[list[object]] = []
    for sheet, cell, value in cells:
        shown = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(as_typed(value))
        steps.append(["type", sheet, cell, shown])
    if moved:
        # a line of their own above the table, a blank line inside it, a column of notes, and a column moved to the left
        steps += [
            ["insert rows", "Actions", 4, 2],
            ["insert columns", "Actions", 6, 1],
            ["insert rows", "Commitments", 3, 1],
            ["insert columns", "Commitments", 2, 2],
        ]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "saved.xlsx")
        office.edit(template, target, steps)
        return target.read_bytes()


def stamp(data: bytes, sent: datetime) -> bytes:
    """The file as saved at `sent`: the modified property says so, and the archive's own times repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                text = part.decode()
                when = f"{sent:%Y-%m-%dT%H:%M:%SZ}"
                text = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{when}", text)
                part = re.sub(r"(<cp:lastModifiedBy>)[^<]*", r"\g<1>", text).encode()
            new.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


FILE_NAMES = (
    "{short} return {quarter}.xlsx",
    "{quarter} {short}.xlsx",
    "{period} {short} FINAL.xlsx",
    "Copy of {id}-{period}.xlsx",
)


def file_name(typed: Typed, short: str, n: int) -> str:
    """As people name files: not as we did."""
    quarter = typed.period[-2:]
    return FILE_NAMES[n % len(FILE_NAMES)].format(short=short, quarter=quarter, period=typed.period, id=typed.partner)


def fill_in(root: Path, inbox: Path, period: str) -> None:
    """Let every partner fill its template of a period in, and put what it sends where it arrives."""
    workspace = workspaces.load(root)
    zipped: dict[Path, dict[str, bytes]] = {}
    for n, typed in enumerate(typed_returns(period)):
        if typed.story == "never":
            continue
        template = root / f"outbox/{period}/templates/{typed.partner}-{period}.xlsx"
        cells = list(cells_to_type(template, typed, workspace.forms))
        if typed.story in ("resaved-by-libreoffice", "moved-columns-and-inserted-rows"):
            data = fill_with_libreoffice(template, cells, moved=typed.story.startswith("moved"))
        else:
            data = fill_with_openpyxl(template, cells)
        folder = inbox / period / (("late" if typed.story == "late" else "in time") if period == "2023-24-Q2" else "")
        folder.mkdir(parents=True, exist_ok=True)
        partner = workspace.register.partner(typed.partner)
        assert partner
        name, data = file_name(typed, partner.short_name or partner.name, n), stamp(data, typed.sent)
        if typed.by == "zip":
            zipped.setdefault(folder / f"{typed.about['parcel']}.zip", {})[name] = data
        else:
            name, data = posted(typed, workspace.register, name, data)
            (folder / name).write_bytes(data)
    for path, members in zipped.items():
        path.write_bytes(mails.zipped(members))


def come_besides(root: Path, to: Mapping[bool, Path], day: date, came: set[str]) -> None:
    """Put what comes besides the first returns where it arrives, up to a day. `came` are the names of those that have.

    `to` says where: what the office itself types (True), and what partners send.
    """
    register = workspaces.load(root).register
    for each in besides():
        if each.sent.date() <= day and each.name not in came:
            came.add(each.name)
            name, data = posted(each, register, each.name, stamp(each.filled(root), each.sent), each.sender)
            folder = to[each.partner == OFFICE] / each.folder
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


def posted(typed: Typed | Besides, register: Register, name: str, data: bytes, sender: str = "") -> tuple[str, bytes]:
    """The file that arrives: the workbook itself, or the message that it comes in, in reply to our email.

    `sender` is one of the partner's addresses; its lead's where nothing is said.
    """
    if not typed.by:
        return name, data
    own = (c for c in register.contacts if c.partner == typed.partner)
    contact = next(c for c in own if (c.email == sender if sender else c.role == "lead"))
    period = next(p for p in register.periods if p.key == typed.period)
    subject = f"RE: {register.partnership.short_name}: your return for {period.label} [CSP-{typed.period}-{typed.partner}]"
    when = typed.sent + timedelta(minutes=7)
    sent = mails.Sent(contact.email, contact.post, register.partnership.email, when, subject, name, data)
    make, suffix = {
        "mail": (mails.mail, "eml"), "forwarded": (mails.forwarded, "eml"), "outlook": (mails.outlook, "msg"),
    }[typed.by]  # fmt: skip
    return f"{Path(name).stem}.{suffix}", make(sent)


def build(target: Path) -> None:
    """Write `config/register.xlsx` and `inbox/` below `target`."""
    (target / "config").mkdir(parents=True, exist_ok=True)
    (target / "config/register.xlsx").write_bytes(register_bytes())
    inbox, office_files = target / "inbox", target / OFFICE_FILES
    for folder in (inbox, office_files):
        shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary, "example")
        shutil.copytree(ROOT / "templates", root / "templates")
        (root / "config").mkdir()
        shutil.copyfile(ROOT / "config/workflow.toml", root / "config/workflow.toml")
        shutil.copyfile(target / "config/register.xlsx", root / "config/register.xlsx")
        came: set[str] = set()
        for step in config.load_steps(ROOT / "config/demo.toml"):
            if step.command == "collate":
                come_besides(root, {False: inbox, True: office_files}, step.today, came)
            bring(step, (inbox, office_files), root / "inbox")
            take(root, step)
            if step.command == "issue":
                fill_in(root, inbox, workspaces.load(root).period(step.period, step.today).key)


if __name__ == "__main__":
    build(ROOT)
