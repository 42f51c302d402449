"""Leads as old files write them, as partners of the register; and the partners and aliases that the register lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from workflow import fields, promises
from workflow.importing.naming import Keys, slug
from workflow.importing.values import TAKE, Ground, Proposal
from workflow.model import Confidence, Value
from workflow.names import Names

_SAME = 'Is it the same as "{name}" ({id})? Then name that one as lead, and leave this out.'


@dataclass(frozen=True, slots=True)
class LeadRead:
    """The leads that a cell names, as ids of partners; how sure that is, and what to ask."""

    lead: str = ""
    joint: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SURE
    asked: tuple[str, ...] = ()


@dataclass(slots=True)
class _New:
    """A partner that the register lacks."""

    id: str
    name: str
    confidence: Confidence
    asked: list[str] = field(default_factory=list)
    short: str = ""

    def ask(self, questions: Iterable[str]) -> None:
        """What is asked about it, each question once."""
        self.asked += [q for q in questions if q not in self.asked and "not in the register" not in q]


@dataclass(slots=True)
class _Alias:
    """Another way to write a partner's name that the register lacks."""

    alias: str
    partner: str
    confidence: Confidence
    asked: str


@dataclass
class People:
    """Reads lead cells, and gathers who is new and by which new names the others go."""

    ground: Ground
    today: date
    new: dict[str, _New] = field(default_factory=dict)  # by folded name
    aliases: dict[str, _Alias] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Ids that are used already are not given again."""
        register = self.ground.register
        self._names = Names.of(register, self.today)
        self._ids = Keys.of(["coordinator", *(p.id for p in register.partners)])

    def read(self, text: str) -> LeadRead:
        """The leads that a cell names. Whoever is new is asked about once, on its own row, not in every row that it leads."""
        told = promises.propose_leads(text, self._names)
        new = {fields.fold(words) for words in told.unknown}
        by_role: dict[str, list[str]] = {"lead": [], "joint": [], "contributor": []}
        for one in told.named:
            partner = one.partner or (self._new(one.words).id if fields.fold(one.words) in new else "")
            if partner and not any(partner in ids for ids in by_role.values()):
                by_role[one.role].append(partner)
        for words, partner in told.aliases:
            name = self.ground.register.partner_name(partner)
            asked = f'Is "{words}" another way to write {name}?'
            self.aliases.setdefault(fields.fold(words), _Alias(words, partner, Confidence.LIKELY, asked))
        asked_of = [q for q in told.questions if not any(f"“{w}”" in q for w in told.unknown)]
        for words in told.unknown:
            self._new(words).ask([q for q in told.questions if f"“{words}”" in q])
        sure = Confidence.CHECK if asked_of else Confidence.LIKELY if new or told.aliases else told.confidence
        first = next(iter(by_role["lead"]), "")
        joint = [p for p in (*by_role["lead"][1:], *by_role["joint"]) if p]
        return LeadRead(first, tuple(joint), tuple(by_role["contributor"]), sure, tuple(asked_of))

    def _new(self, words: str) -> _New:
        at = fields.fold(words)
        if at not in self.new:
            self.new[at] = _New(self._ids.free(slug(words)), words, Confidence.LIKELY)
        return self.new[at]

    def settle(self, form: str, values: dict[str, Value]) -> tuple[str, ...]:
        """Ids for a row of a list of contacts or partners. Returns what to ask."""
        name = str(values.get("partner" if form == "contacts" else "name", ""))
        partner = self._names.find(name)
        if form == "contacts":
            values["partner"] = partner or self._new(name).id
            values.setdefault("role", "lead")
            return (
                "The file does not say what this post is for. Lead gets the templates; a deputy is copied when one is late.",
            )
        if partner:
            return (f"The register has this partner already ({partner}). Leave it out, unless it is another one.",)
        new = self.new.pop(fields.fold(name), None)
        values["id"] = new.id if new else self._ids.free(slug(str(values.get("short_name") or name)))
        return ()

    def _like(self, new: _New) -> Iterable[_New]:
        """New partners whose names say the same with fewer words: "CSC" and "Estuary CSC"."""
        words = {*fields.fold(new.name).split()}
        return (o for o in self.new.values() if o is not new and {*fields.fold(o.name).split()} < words)

    def proposals(self) -> Iterable[Proposal]:
        """The partners and the aliases that the register lacks."""
        for new in self.new.values():
            values: dict[str, Value] = {"id": new.id, "name": new.name}
            if new.short:
                values["short_name"] = new.short
            asked = (
                *new.asked,
                *(_SAME.format(name=o.name, id=o.id) for o in self._like(new)),
                "Is this an agency that returns? Enter its full name, and the post and address its templates go to.",
            )
            yield Proposal(
                "partners", values, new.confidence, asked,
                decision="" if new.confidence is Confidence.CHECK else TAKE,
            )  # fmt: skip
        for alias in self.aliases.values():
            asked = (alias.asked,) if alias.asked else ()
            yield Proposal(
                "aliases", {"alias": alias.alias, "partner": alias.partner}, alias.confidence, asked,
                decision="" if alias.confidence is Confidence.CHECK else TAKE,
            )  # fmt: skip
