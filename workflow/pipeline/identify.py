"""Whose return a workbook is, and for which period: told from several places that agree, never from its file name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflow import fields, reader
from workflow.model import Finding, Form, Place, Register, Role, Row
from workflow.wording import finding


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a return is held against: the register, the workspace's own id and the layouts still accepted."""

    register: Register
    forms: Mapping[str, Form]
    workspace_id: str
    layouts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose and which. A finding of severity stop in `findings` means the whole return is held."""

    partner: str = ""
    period: str = ""
    layout: str = ""
    return_id: str = ""
    issue: str = ""
    findings: tuple[Finding, ...] = ()


def return_id(accepts: Accepts, partner: str, period: str, layout: str) -> str:
    """The visible Return ID: readable, and ending in a token that can be checked without the ledger that issued it."""
    secret = f"{accepts.workspace_id}|{partner}|{period}|{layout}"
    token = hashlib.sha256(secret.encode()).hexdigest()[:8]
    return f"{accepts.register.partnership.short_name.replace(' ', '-')}-{period}-{partner}-{token}"


def identify(book: reader.Workbook, tables: Mapping[str, reader.TableRead], accepts: Accepts, file: str) -> Identity:
    """Read identity from the About sheet, the document properties and the row keys, and say where they disagree."""
    about = tables.get("about")
    row = about.rows[0] if about and about.rows else None
    shown = _About(row, file)
    partner = _agree(shown.text("partner"), book.custom.get("partner", ""), lambda v: _partner(v, accepts.register))
    period = _agree(shown.text("period"), book.custom.get("period", ""), lambda v: _period(v, accepts.register))
    identity = shown.text("return_id") or book.custom.get("return_id", "") or book.core.get("keywords", "")
    layout = shown.text("layout") or book.custom.get("layout", "")
    findings: list[Finding] = []
    for said, place, unknown in (
        (partner, shown.place("partner"), "identity-partner-unknown"),
        (period, shown.place("period"), "identity-period-unknown"),
    ):
        if said.other:
            findings.append(finding("identity-disagrees", [place], found=said.found, other=said.other))
        elif said.found and not said.value:
            findings.append(finding(unknown, [place], found=said.found))
    owner, key_words = partner.value, ""
    if not partner.found:
        owner = _by_keys(tables, accepts)
        key_words = "its row keys"
    if (not owner and not partner.found) or not period.found:
        findings.append(finding("identity-missing", [Place(file)]))
    elif key_words:
        findings.append(finding("identity-partial", [Place(file)], found=key_words))
    if owner and period.value and not findings:
        findings.extend(_token(accepts, shown, (owner, period.value, layout, identity)))
    return Identity(owner, period.value, layout, identity, book.custom.get("issue", ""), tuple(findings))


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


def _partner(text: str, register: Register) -> str:
    wanted = fields.fold(text)
    for p in register.partners:
        if wanted in {fields.fold(p.id), fields.fold(p.name), fields.fold(p.short_name or p.id)}:
            return p.id
    return next((a.partner for a in register.aliases if fields.fold(a.alias) == wanted), "")


def _period(text: str, register: Register) -> str:
    wanted = fields.fold(text)
    return next((p.key for p in register.periods if wanted in {fields.fold(p.key), fields.fold(p.label)}), "")


def _by_keys(tables: Mapping[str, reader.TableRead], accepts: Accepts) -> str:
    """The one partner that leads rows whose keys stand in the file, where there is only one."""
    leads: list[str] = []
    for name, table in tables.items():
        form = accepts.forms[name]
        if form.key is None or form.key.role is not Role.KEY:
            continue
        for row in table.rows:
            item = accepts.register.item(row.key.strip())
            if item:
                leads.append(item.lead)
    everyone = set(leads)
    return everyone.pop() if len(everyone) == 1 else ""


def _token(accepts: Accepts, shown: _About, said: tuple[str, str, str, str]) -> list[Finding]:
    partner, period, layout, identity = said
    if layout and layout not in accepts.layouts:
        listed = ", ".join(accepts.layouts)
        return [finding("identity-layout", [shown.place("layout")], found=layout, expected=listed)]
    if identity and identity != return_id(accepts, partner, period, layout or accepts.layouts[0]):
        return [finding("identity-token", [shown.place("return_id")], found=identity)]
    return []
