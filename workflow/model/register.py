"""The register as values: what the coordinator owns in `config/register.xlsx` (design.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from workflow.model.cuts import CUTS, cut_of
from workflow.model.forms import Purpose, purpose_of
from workflow.model.places import Place, Value

OFFICE = "coordinator"  # whose word a decision is: the partnership's own office, which is no partner


TAKE_LATER, HOLD_BOTH = "Take the later", "Hold both"  # what becomes of different answers in copies made side by side


@dataclass(frozen=True, slots=True)
class Partnership:
    """Who the returns are for. `label` is printed on every output when set ("Example: fictional borough").

    `conflicts` says what stands while two copies of a return give different answers to one cell.
    """

    name: str
    short_name: str
    area: str
    coordinator: str  # a post, not a person
    email: str
    phone: str = ""
    reply_to: str = ""
    subject_prefix: str = ""
    licence: str = ""
    label: str = ""
    calendar: str = "april"  # names the reporting periods
    conflicts: str = TAKE_LATER


@dataclass(frozen=True, slots=True)
class Calendar:
    """A year that starts in `first_month` (4 April to March, 7 July to June, 1 calendar, 9 academic)."""

    id: str
    name: str
    first_month: int
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period. `key` is `2023-24-Q2`, `label` is "Q2 2023/24". State: planned, open or closed.

    `quarter` is its number within the year, whatever the year is cut into: the 2 of 2023-24-Q2 and of 2025-26-T2.
    """

    key: str
    label: str
    calendar: str
    start: date
    end: date
    issue_date: date
    due_date: date
    papers_date: date
    state: str
    quarter: int
    place: Place = Place()

    @property
    def word(self) -> str:
        """What people call such a period: "quarter", "term", "half-year" or "month"."""
        return cut_of(self.key).word

    @property
    def often(self) -> str:
        """How often such periods come: "quarterly"."""
        return cut_of(self.key).often

    @property
    def is_last(self) -> bool:
        """Whether the reporting year ends with it."""
        return self.quarter == cut_of(self.key).parts


@dataclass(frozen=True, slots=True)
class Partner:
    """An agency that returns. `forms` limits which item-less forms it gets (empty: all)."""

    id: str
    name: str
    short_name: str = ""
    forms: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    active_from: date | None = None
    active_to: date | None = None
    place: Place = Place()

    def active(self, on: date) -> bool:
        """Whether the agency is a partner on that day."""
        return (self.active_from is None or self.active_from <= on) and (self.active_to is None or on <= self.active_to)


@dataclass(frozen=True, slots=True)
class Contact:
    """A post at a partner. `role`: lead (gets the mail), deputy (copied when late), sender (may send)."""

    partner: str
    post: str
    email: str
    role: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Alias:
    """Another way people write a partner's name, with the dates between which it means that partner."""

    alias: str
    partner: str
    valid_from: date | None = None
    valid_to: date | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Plan:
    """A delivery plan, strategy domain or review. `calendar` only labels its own years.

    `rag` names the RAG scheme of its rows, `measure_rag` that of its measures.
    """

    id: str
    name: str
    calendar: str
    rag: str
    measure_rag: str = ""
    start: date | None = None
    end: date | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Theme:
    """A priority or goal. `id` is permanent; number and title are labels within `plan`, and `former` are earlier ones, which
    stand in answers of earlier years. `why` says why it is one, `aims` what it is to achieve, one aim to a line."""

    id: str
    plan: str
    number: str
    title: str
    place: Place = Place()
    former: tuple[str, ...] = ()
    why: str = ""
    aims: str = ""

    @property
    def label(self) -> str:
        """What forms and papers call it: "1 Violence against women and girls"."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Item:
    """One tracked row with a permanent key. `values` holds every column of the Items sheet by field name
    (title, detail, ref, goal, due, target, unit, opening_status ...), so that a form can show any of them."""

    key: str
    form: str
    plan: str
    theme: str
    lead: str
    joint_leads: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    place: Place = Place()
    purpose: str = ""  # of its form: `Form.purpose`

    def __post_init__(self) -> None:
        """A form that says no purpose has the one that its name says."""
        object.__setattr__(self, "purpose", self.purpose or purpose_of(self.form))

    @property
    def is_measure(self) -> bool:
        """Whether it is a figure, and not a piece of work."""
        return self.purpose == Purpose.MEASURES

    @property
    def partners(self) -> tuple[str, ...]:
        """Everyone whose template shows it, the accountable lead first."""
        return (self.lead, *self.joint_leads, *self.contributors)

    def text(self, name: str) -> str:
        """A value as text, "" where there is none."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def day(self, name: str) -> date | None:
        """A date value, None where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    @property
    def label(self) -> str:
        """What people call it: its reference, else its key."""
        return self.text("ref") or self.key


@dataclass(frozen=True, slots=True)
class Board:
    """A board that gets a pack. Empty scopes mean everything. Audience: public, partnership or restricted.

    `reports_to` names the body that it answers to.
    """

    id: str
    name: str
    audience: str
    frequency: str
    plans: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    quarters: tuple[int, ...] = ()  # the quarters in which it gets a pack; empty: every quarter
    also_for: str = ""  # the audience of a second version of its pack; "" for none
    focus: tuple[tuple[int, str], ...] = ()  # quarter and the id of the theme that its meeting then is about
    chair: str = ""
    clerk: str = ""
    email: str = ""
    place: Place = Place()
    reports_to: str = ""


    @property
    def versions(self) -> tuple[Board, ...]:
        """The board by the audience of each version of its pack, its own first."""
        return (self, replace(self, audience=self.also_for)) if self.also_for not in ("", self.audience) else (self,)


@dataclass(frozen=True, slots=True)
class RagLevel:
    """One colour of a RAG scheme as data (domain.md B1). Colours are RRGGBB, contrast at least 4.5:1.

    `rule` is "chosen" (the lead chooses it), "status is" (derived: the status is one of `statuses`), "days late" or
    "off target %" (derived: a number from `at_least` up to but not including `below`; either may be open).
    """

    scheme: str
    letter: str
    word: str
    meaning: str
    colour: str
    text_colour: str
    rule: str = "chosen"
    statuses: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Waiver:
    """An agreed exception: a finding code, for an item or a partner, until a day."""

    rule: str
    item: str
    partner: str
    reason: str
    agreed_by: str
    until: date | None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Term:
    """One glossary entry."""

    term: str
    meaning: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Strategy:
    """A plan or strategy, our own or another body's, that the work belongs with: only for papers that list them."""

    name: str
    owner: str = ""
    years: str = ""
    about: str = ""
    place: Place = Place()


@dataclass(frozen=True)
class Register:
    """The whole register. Order is the sheet's order. `sha256` is the hash of the file it was read from.

    `places` says where each cell stands, by (register form, key, field): ("items", "TR-1.1", "lead"); blank cells too.
    Where a key stands on several rows, the first row's cells; the record's own `place` says which row it was.
    """

    partnership: Partnership
    calendars: tuple[Calendar, ...]
    periods: tuple[Period, ...]
    partners: tuple[Partner, ...]
    contacts: tuple[Contact, ...]
    aliases: tuple[Alias, ...]
    plans: tuple[Plan, ...]
    themes: tuple[Theme, ...]
    items: tuple[Item, ...]
    boards: tuple[Board, ...]
    rag: tuple[RagLevel, ...]
    waivers: tuple[Waiver, ...] = ()
    glossary: tuple[Term, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    sha256: str = ""
    places: Mapping[tuple[str, str, str], Place] = field(default_factory=dict)

    # What is asked for at every cell, found once. Where a key stands on several rows, the first counts.

    @cached_property
    def _by_key(self) -> Mapping[str, Item]:
        return {item.key: item for item in reversed(self.items)}

    @cached_property
    def _partners(self) -> Mapping[str, Partner]:
        return {p.id: p for p in reversed(self.partners)}

    @cached_property
    def _plans(self) -> Mapping[str, Plan]:
        return {p.id: p for p in reversed(self.plans)}

    @cached_property
    def _themes(self) -> Mapping[tuple[str, str], Theme]:
        return {(t.id, t.plan): t for t in reversed(self.themes)}

    @cached_property
    def _levels(self) -> Mapping[str, tuple[RagLevel, ...]]:
        schemes = dict.fromkeys(level.scheme for level in self.rag)
        return {scheme: tuple(level for level in self.rag if level.scheme == scheme) for scheme in schemes}

    @cached_property
    def _of_partner(self) -> Mapping[tuple[str, str], tuple[Item, ...]]:
        found: dict[tuple[str, str], list[Item]] = {}
        for item in self.items:
            for partner in dict.fromkeys(item.partners):
                found.setdefault((partner, item.form), []).append(item)
        return {place: tuple(items) for place, items in found.items()}

    @cached_property
    def measure_keys(self) -> tuple[str, ...]:
        """The row keys of all measures, in the sheet's order."""
        return tuple(item.key for item in self.items if item.is_measure)

    def partner(self, partner_id: str) -> Partner | None:
        """The partner with that id."""
        return self._partners.get(partner_id)

    def partner_name(self, partner_id: str) -> str:
        """Its name, or the id itself where the register has no such partner."""
        found = self.partner(partner_id)
        if found is None and partner_id == OFFICE:
            return self.partnership.coordinator or "Coordinator"
        return found.name if found else partner_id

    @property
    def word(self) -> str:
        """What people call its reporting periods: "quarter"."""
        return next((p.word for p in self.periods), CUTS[0].word)

    def period(self, key: str) -> Period | None:
        """The period with that key."""
        return next((p for p in self.periods if p.key == key), None)

    def item(self, key: str) -> Item | None:
        """The item with that key."""
        return self._by_key.get(key)

    def plan(self, plan_id: str) -> Plan | None:
        """The plan with that id."""
        return self._plans.get(plan_id)

    def theme(self, theme_id: str, plan_id: str) -> Theme | None:
        """A theme as `plan_id` labels it."""
        return self._themes.get((theme_id, plan_id))

    def levels(self, scheme: str) -> tuple[RagLevel, ...]:
        """The levels of one RAG scheme, in the sheet's order."""
        return self._levels.get(scheme, ())

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The work addresses that it names, casefolded: of contacts, boards and the office. They are no personal data."""
        posts = [*(c.email for c in self.contacts), *(b.email for b in self.boards)]
        return frozenset(a.casefold() for a in (self.partnership.email, self.partnership.reply_to, *posts) if a)

    def items_for(self, partner_id: str, form: str) -> tuple[Item, ...]:
        """The rows of `form` that a partner leads, jointly leads or contributes to, in the sheet's order."""
        return self._of_partner.get((partner_id, form), ())
