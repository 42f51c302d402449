"""Whose return a workbook is, and for which period: told from several places that agree, never from its file name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflow import fields, periods, reader
from workflow.model import OFFICE, Finding, Place, Purpose, Register, Role, Row, Severity, with_purpose
from workflow.names import Names
from workflow.pipeline.ground import Arrival, Ground
from workflow.pipeline.senders import Known, about, sender_of
from workflow.wording import finding


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose and which. A finding of severity stop in `findings` means the whole return is held."""

    partner: str = ""
    period: str = ""
    layout: str = ""
    return_id: str = ""
    issue: str = ""
    findings: tuple[Finding, ...] = ()


def return_id(ground: Ground, partner: str, period: str, layout: str) -> str:
    """The visible Return ID: readable, and ending in a token that can be checked without the ledger that issued it."""
    secret = f"{ground.settings.workspace_id}|{partner}|{period}|{layout}"
    token = hashlib.sha256(secret.encode()).hexdigest()[:8]
    return f"{ground.register.partnership.short_name.replace(' ', '-')}-{period}-{partner}-{token}"


def identify(book: reader.Workbook, tables: Mapping[str, reader.TableRead], ground: Ground, arrival: Arrival) -> Identity:
    """Whose and which: from the About sheet, the properties, the sheets' titles, the row keys, the senders and the subject.

    What is lost in one place is told from another, and that is said; where two of them disagree, the return is held.
    """
    form = with_purpose(ground.forms, Purpose.ABOUT)
    record = tables.get(form.name) if form else None
    row = record.rows[0] if record and record.rows else None
    shown = _About(row, arrival.place)
    known = Names.of(ground.register, arrival.received)
    partner = _agree(shown.text("partner"), book.custom.get("partner", ""), lambda v: _partner(v, known))
    period = _agree(shown.text("period"), book.custom.get("period", ""), lambda v: _period(v, ground.register))
    identity = shown.text("return_id") or book.custom.get("return_id", "") or book.core.get("keywords", "")
    layout = shown.text("layout") or book.custom.get("layout", "")
    findings: list[Finding] = []
    for said, place, unknown, near in (
        (partner, shown.place("partner"), "identity-partner-unknown", known.near_name),
        (period, shown.place("period"), "identity-period-unknown", lambda v: periods.near(v, ground.register.periods)),
    ):
        if said.other:
            findings.append(finding("identity-disagrees", [place], found=said.found, other=said.other))
        elif said.found and not said.value:
            findings.append(
                finding(unknown, [place], found=said.found, suggestion=near(said.found), period_word=ground.register.word)
            )
    owner, when = partner.value, period.value
    if not partner.found or not period.found:
        owner, when, told = _told_otherwise(book, tables, ground, (partner, period))
        lost = not owner and not partner.found
        if lost or not when:
            quarter = f"for which {ground.register.word}"
            what = "whose return it is" if when else f"whose return it is and {quarter}" if lost else f"{quarter} it is"
            findings.append(finding("identity-missing", [Place(arrival.place)], what=what))
        elif told:
            findings.append(finding("identity-partial", [Place(arrival.place)], found=" and ".join(told)))
    if owner and when and not any(f.severity is Severity.STOP for f in findings):
        findings.extend(_token(ground, shown, (owner, when, layout, identity)))
        findings.extend(_office(ground, arrival, identity) if owner == OFFICE else _post(ground, arrival, owner, when))
    return Identity(owner, when, layout, identity, book.custom.get("issue", ""), tuple(findings))


class _About:
    """The About sheet as text."""

    def __init__(self, row: Row | None, file: str) -> None:
        self._row = row
        self._file = file

    def text(self, name: str) -> str:
        cell = self._row.cells.get(name) if self._row else None
        return fields.raw_text(cell).strip() if cell else ""

    def place(self, name: str) -> Place:
        cell = self._row.cells.get(name) if self._row else None
        return Place(self._file, self._row.sheet if self._row else "", cell.ref if cell else "")


@dataclass(frozen=True, slots=True)
class _Said:
    """What two places say: the id they resolve to, the words found, and the other words where they disagree."""

    value: str
    found: str
    other: str = ""


def _agree(shown: str, stored: str, resolve: Callable[[str], str]) -> _Said:
    first, second = resolve(shown) if shown else "", resolve(stored) if stored else ""
    if shown and stored and first != second:
        return _Said("", shown, stored)
    return _Said(first or second, shown or stored)


def _partner(text: str, known: Names) -> str:
    """The partner that is named; or the partnership's own office, which is none."""
    return OFFICE if fields.fold(text) == OFFICE else known.find(text)


def _period(text: str, register: Register) -> str:
    wanted = fields.fold(text)
    return next((p.key for p in register.periods if wanted in {fields.fold(p.key), fields.fold(p.label)}), "")


def _told_otherwise(
    book: reader.Workbook, tables: Mapping[str, reader.TableRead], ground: Ground, said: tuple[_Said, _Said]
) -> tuple[str, str, tuple[str, ...]]:
    """Partner and period where the About sheet and the properties do not say them, and what they were told from.

    From the titles above the tables ("Actions: Estuary Police, Q4 2023/24"), and the partner else from its row keys.
    """
    titled = _titles(book, tables, ground.register)
    partner, period = said
    owner, when, told = partner.value, period.value, []
    if not partner.found and (owner := titled[0] or _by_keys(tables, ground)):
        told.append("the titles of its sheets" if titled[0] else "its row keys")
    if not period.found and (when := titled[1]):
        told.append("the titles of its sheets")
    return owner, when, tuple(dict.fromkeys(told))


def _titles(book: reader.Workbook, tables: Mapping[str, reader.TableRead], register: Register) -> tuple[str, str]:
    """The one partner and the one period that the titles above the tables name; "" where there is none, or more than one."""
    ends = {
        fields.fold(f"{p.name}, {period.label}"): (p.id, period.key) for p in register.partners for period in register.periods
    }
    found: set[tuple[str, str]] = set()
    for table in tables.values():
        sheet = book.sheet(table.sheet)
        above = [c for c in sheet.cells.values() if c.row < table.line and isinstance(c.value, str)] if sheet else []
        for words in (fields.fold(str(cell.value)) for cell in above):
            found.update(who for end, who in ends.items() if words.endswith(f": {end}"))
    partners, periods = {p for p, _ in found}, {q for _, q in found}
    return partners.pop() if len(partners) == 1 else "", periods.pop() if len(periods) == 1 else ""


def _by_keys(tables: Mapping[str, reader.TableRead], ground: Ground) -> str:
    """The one partner that leads rows whose keys stand in the file, where there is only one."""
    leads: list[str] = []
    for name, table in tables.items():
        form = ground.forms[name]
        if form.key is None or form.key.role is not Role.KEY:
            continue
        for row in table.rows:
            item = ground.register.item(row.key.strip())
            if item:
                leads.append(item.lead)
    everyone = set(leads)
    return everyone.pop() if len(everyone) == 1 else ""


def _token(ground: Ground, shown: _About, said: tuple[str, str, str, str]) -> list[Finding]:
    partner, period, layout, identity = said
    if layout and layout not in ground.settings.layouts:
        listed = ", ".join(ground.settings.layouts)
        return [finding("identity-layout", [shown.place("layout")], found=layout, expected=listed)]
    if identity and identity != return_id(ground, partner, period, layout or ground.settings.layouts[0]):
        return [finding("identity-token", [shown.place("return_id")], found=identity)]
    return []


def _office(ground: Ground, arrival: Arrival, identity: str) -> list[Finding]:
    """Decisions are the office's own: in a workbook that says so itself, and never out of anybody else's mail."""
    place = [Place(arrival.place)]
    sender = sender_of(arrival.messages, "", ground.register)
    if sender.known is not Known.NONE:
        return [finding("decisions-sender", place, found=sender.address or "an unknown sender")]
    return [] if identity else [finding("decisions-unsure", place, period_word=ground.register.word)]


def _post(ground: Ground, arrival: Arrival, partner: str, period: str) -> list[Finding]:
    """What the mail that it came in says: held where it is another's, asked where its sender is not known."""
    names = ground.register.partner_name
    place = [Place(arrival.place)]
    sender = sender_of(arrival.messages, partner, ground.register)
    found: list[Finding] = []
    if sender.known is Known.OTHER:
        others = " and ".join(names(p) for p in sender.partners)
        found.append(finding("identity-sender", place, found=sender.address, partner_name=names(partner), other=others))
    elif sender.known is Known.UNKNOWN:
        code = "sender-unknown" if sender.address else "sender-missing"
        found.append(finding(code, place, found=sender.address, partner_name=names(partner)))
    told_period, told_partner = about(arrival.messages, ground.register) if arrival.alone else ("", "")
    if told_partner and (told_period, told_partner) != (period, partner):
        labels = {p.key: p.label for p in ground.register.periods}
        found.append(
            finding(
                "identity-subject",
                place,
                partner_name=names(partner),
                period_label=labels[period],
                other=names(told_partner),
                other_label=labels[told_period],
            )
        )
    return found
