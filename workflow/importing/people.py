"""Leads as old files write them, as partners of the register; and the partners and aliases that the register lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from workflow import fields
from workflow.importing.naming import Keys, slug
from workflow.importing.values import TAKE, Ground, Proposal, Written
from workflow.model import Confidence, Value
from workflow.names import Named, Names


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
    written: list[str] = field(default_factory=list)


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
        """The leads that a cell names."""
        leads, others = _named(text, self._names)
        asked: list[str] = []
        found: list[list[str]] = []
        sure = Confidence.SURE
        for group in (leads, others):
            ids = []
            for one in group:
                partner, confidence, question = self._one(one)
                sure = max(sure, confidence, key=lambda c: c.doubt)
                ids.append(partner)
                asked += [question] if question else []
            found.append(list(dict.fromkeys(ids)))
        own, contributors = found
        return LeadRead(
            own[0] if own else "",
            tuple(own[1:]),
            tuple(c for c in contributors if c not in own),
            sure,
            tuple(dict.fromkeys(asked)),
        )

    def _one(self, named: Named) -> tuple[str, Confidence, str]:
        """The id of one agency, known or new."""
        if named.partner:
            return named.partner, Confidence.SURE, ""
        at = fields.fold(named.words)
        if at in self.aliases:
            return self.aliases[at].partner, self.aliases[at].confidence, ""
        near = self._names.near(named.words)
        if near:
            name = self.ground.register.partner_name(near)
            self.aliases[at] = _Alias(named.words, near, Confidence.CHECK, f'Is "{named.words}" another way to write {name}?')
            return near, Confidence.CHECK, f'Is "{named.words}" {name}?'
        return self._new(named.words).id, Confidence.LIKELY, ""

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
        self.new.pop(fields.fold(name), None)
        values["id"] = self._ids.free(slug(str(values.get("short_name") or name)))
        return ()

    def proposals(self) -> Iterable[Proposal]:
        """The partners and the aliases that the register lacks."""
        for new in self.new.values():
            values: dict[str, Value] = {"id": new.id, "name": new.name}
            if new.short:
                values["short_name"] = new.short
            asked = (
                *new.asked,
                "Is this an agency that returns? Enter its full name, and the post and address its templates go to.",
            )
            yield Proposal(
                "partners", values, new.confidence, asked, tuple(Written("Named as", w) for w in new.written),
                decision="" if new.confidence is Confidence.CHECK else TAKE,
            )  # fmt: skip
        for alias in self.aliases.values():
            asked = (alias.asked,) if alias.asked else ()
            yield Proposal(
                "aliases", {"alias": alias.alias, "partner": alias.partner}, alias.confidence, asked,
                decision="" if alias.confidence is Confidence.CHECK else TAKE,
            )  # fmt: skip


def _named(text: str, names: Names) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    return names.read(" ".join(text.split()))
