"""Who leads, from a cell of an old table: partners that are known, other names for them, and names that nobody knows yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflow import fields
from workflow.model import Confidence
from workflow.names import Named, Names

LEAD, JOINT, CONTRIBUTOR = "lead", "joint", "contributor"
_ALWAYS = re.compile(r"\s*[;,/\n]\s*(?:and\b\s*)?")
_AND = re.compile(r"\s*(?:&|\band\b|\bwith\b)\s*", re.IGNORECASE)
# The last word of what could be an agency's own name, so that the "and" behind it joins two of them.
_BODY = re.compile(
    r"\b(?:agency|agencies|authority|board|boards|cabinet|commissioner|committee|council|department|directorate|education|forum|"
    r"group|housing|landlords|nhs|office|panel|partners|partnership|police|probation|providers|schools|service|services|society|"
    r"team|teams|trust|unit|[A-Z]{2,6})\)?$",
    re.IGNORECASE,
)
_BOARD = re.compile(
    r"\b(?:board|boards|committee|panel|forum|cabinet|steering group|working group|strategy group|sub-?group)\b", re.IGNORECASE
)
_BOARDS = re.compile(r"\bboards\b", re.IGNORECASE)
_POST = re.compile(
    r"\b(?:director|commander|superintendent|inspector|officers?|managers?|head of|coordinator|co-ordinator|chair|councillors?|"
    r"members?|workers?|lead)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:.*\s)?(?:all|everyone|various|partners|landlords?|residents?|parents|volunteers|schools|colleges|businesses|providers|"
    r"communit(?:y|ies)|employers|families|charities|tbc|tba|to be confirmed|n/?a|none)|all .*",
    re.IGNORECASE,
)
_SHORT_IN_BRACKETS = re.compile(r"\(([^()]{2,12})\)")
_SHORT = 6  # letters of an abbreviation
_MOST_DROPPED = 2  # words by which a longer name may differ from a partner's


@dataclass(frozen=True, slots=True)
class LeadNamed:
    """One name of the cell: as written, the partner id that it means or probably means ("" for none), and its part."""

    words: str
    partner: str
    role: str


@dataclass(frozen=True, slots=True)
class ProposedLeads:
    """The leads that a cell proposes, as partner ids. `lead` is "" where the first name is no partner yet.

    `unknown` are names proposed as new partners, `aliases` other names with the partner id that they probably mean; both wait
    for a person. `named` holds every name in the cell's order.
    """

    lead: str = ""
    joint: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    confidence: Confidence = Confidence.SURE
    questions: tuple[str, ...] = ()
    named: tuple[LeadNamed, ...] = ()


def propose_leads(text: str, names: Names) -> ProposedLeads:
    """Read a cell of leads by the grammar of `Names`: the first accountable, then joint, then contributors.

    What is no partner's name becomes an alias to confirm, a new partner to add, or a question where it can hardly lead: a
    board, a post, people outside every agency. Never raises; an empty cell asks who leads.
    """
    written = fields.clean(text)
    if not written:
        return ProposedLeads(confidence=Confidence.CHECK, questions=("Nobody is named. Who leads?",))
    leads, others = names.read(written)
    named = [(n, LEAD) for one in leads for n in _parts(one, names)] + [
        (n, CONTRIBUTOR) for one in others for n in _parts(one, names)
    ]
    found = [_Found.of(n, role if n_th == 0 or role == CONTRIBUTOR else JOINT, names) for n_th, (n, role) in enumerate(named)]
    return _together(found, "" if any(f.named.role == LEAD for f in found) else f"“{written}” names no lead. Who leads?")


@dataclass(frozen=True, slots=True)
class _Found:
    named: LeadNamed
    alias: bool = False
    new: bool = False
    question: str = ""

    @classmethod
    def of(cls, one: Named, role: str, names: Names) -> _Found:
        """What one name is."""
        words = one.words.strip(" .")
        if one.partner:
            past = names.outdated(words)
            gone = f"“{words}” has not meant {one.partner} since {past.valid_to}. Who leads now?" if past else ""
            return cls(LeadNamed(words, one.partner, role), question=gone)
        if meant := _meant(words, names):
            return cls(LeadNamed(words, meant, role), alias=True)
        near = "" if _BOARDS.search(words) else _slip(words, names)
        if near:
            asked = f"Is “{words}” another way to write {names.near_name(words)}?"
            return cls(LeadNamed(words, near, role), alias=True, question=asked)
        question = _question(words, role)
        nobody = bool(_NOBODY.fullmatch(words) or _POST.search(words))
        return cls(LeadNamed(words, "", role), new=not nobody and not _BOARD.search(words), question=question)


def _question(words: str, role: str) -> str:
    """What must be asked of a name that is no partner's."""
    if _BOARD.search(words):
        return f"“{words}” is a board, not an agency that returns. Which agency answers for it?"
    if _NOBODY.fullmatch(words):
        return f"“{words}” names no one agency. Who answers for it?"
    if _POST.search(words):
        return f"“{words}” is a post. At which agency?"
    if _AND.search(words):
        return f"Is “{words}” one agency or several?"
    return f"“{words}” is not in the register. Is it a new partner, or another name for one?" if role == LEAD else ""


def _together(found: list[_Found], asked: str) -> ProposedLeads:
    by_role: dict[str, list[str]] = {LEAD: [], JOINT: [], CONTRIBUTOR: []}
    for f in found:
        every = [p for ids in by_role.values() for p in ids]
        if f.named.partner and f.named.partner not in every:
            by_role[f.named.role].append(f.named.partner)
    questions = tuple(dict.fromkeys(q for q in (asked, *(f.question for f in found)) if q))
    unknown = tuple(dict.fromkeys(f.named.words for f in found if f.new))
    aliases = tuple(dict.fromkeys((f.named.words, f.named.partner) for f in found if f.alias))
    sure = Confidence.CHECK if questions or unknown else Confidence.LIKELY if aliases else Confidence.SURE
    return ProposedLeads(
        next(iter(by_role[LEAD]), ""), tuple(by_role[JOINT]), tuple(by_role[CONTRIBUTOR]), unknown, aliases, sure, questions,
        tuple(f.named for f in found),
    )  # fmt: skip


def _parts(one: Named, names: Names) -> Iterator[Named]:
    """The names in words that nobody knows as a whole. An "and" joins two only where what stands before it can be a name."""
    if one.partner:
        yield one
        return
    for part in (p for p in _ALWAYS.split(one.words) if p.strip(" .()&")):
        rest = part.strip()
        while rest:
            cut = next((m for m in _AND.finditer(rest) if _stands(rest[: m.start()], names)), None)
            words = rest[: cut.start()] if cut else rest
            if words.strip(" .&"):
                yield Named(words.strip(), names.find(words))
            rest = rest[cut.end() :] if cut else ""


def _stands(words: str, names: Names) -> bool:
    return bool(names.find(words) or _BODY.search(words.strip()) or _meant(words, names))


def _meant(words: str, names: Names) -> str:
    """The partner that a longer name probably means; "" for none."""
    bare = _SHORT_IN_BRACKETS.sub(" ", words)
    for wanted in (*_SHORT_IN_BRACKETS.findall(words), " ".join(bare.split()), *_shorter(bare)):
        if found := names.find(wanted):
            return found
    return ""


def _slip(words: str, names: Names) -> str:
    """The partner whose name was probably mistyped. In an abbreviation only two letters may be swapped, or one be wrong."""
    if len(words) > _SHORT or " " in words:
        return names.near(words)
    known = [(w, p.id) for p in names.partners for w in (p.id, p.short_name) if w] + [
        (a.alias, a.partner) for a in names.aliases
    ]
    near = {p for w, p in known if _one_slip(fields.fold(words), fields.fold(w))}
    return near.pop() if len(near) == 1 and len(words) > 2 else ""


def _one_slip(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    wrong = [n for n in range(len(one)) if one[n] != other[n]]
    swapped = len(wrong) == 2 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    return swapped or (len(wrong) == 1 and len(one) > 3)


def _shorter(words: str) -> Iterator[str]:
    """The name without up to two words before or behind: "Westmarsh LSCP", "LSCP Business Team"."""
    parts = words.split()
    for size in range(1, _MOST_DROPPED + 1):
        for left in range(size + 1):
            kept = parts[left : len(parts) - (size - left)]
            if kept:
                yield " ".join(kept)
