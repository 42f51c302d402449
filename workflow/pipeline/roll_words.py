"""What `workflow roll` says: a summary that adds up, and what a person has to settle before the new register is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from workflow.importing import Proposal
from workflow.model import Period, Register, Severity
from workflow.outputs.yearreview import YearGround
from workflow.pipeline.quarter import Quarter
from workflow.wording import first_few
from workflow.yearend import Ending, Outcome, YearEnd

# What the review proposes for a row that came to this.
_BECOME = {
    Outcome.CONTINUED: "go on under the key that they have",
    Outcome.COMPLETED: "are closed",
    Outcome.MERGED: "are closed",
    Outcome.DROPPED: "are closed",
    Outcome.NOT_SAID: "go on, because nobody has said otherwise",
}
_FEW = 12  # rows that a line can name


def summary(end: YearEnd, label: str, one: str) -> Iterator[str]:
    """What becomes of every row and of every proposal: the counts add up to what there was. `label` is the coming year, `one`
    what people call a row."""
    yield f"{end.period.label} ends the year with {_many(len(end.endings), one)}:"
    for outcome in Outcome:
        of = end.of(outcome)
        yield f"  {outcome}: {len(of)}" + (f" ({_BECOME[outcome]})" if of else "")
        if outcome is Outcome.MERGED:
            yield from (f"    {e.item.key} into {e.target.key}" for e in of if e.target)
        if outcome is Outcome.NOT_SAID:
            yield from (f"    {_name(e)}" for e in of)
    done = end.proposed
    count = len(done.new) + len(done.there) + len(done.left_out)
    yield f"{_many(count, 'proposal')} for {label}:"
    yield f"  New rows: {len(done.new)}"
    yield from (f"    {n.proposal.key} -> {n.key}" for n in done.new)
    yield f"  On the register already: {len(done.there)}"
    yield from (f"    {proposal} -> {key}" for proposal, key in done.there.items())
    yield f"  Left out: {len(done.left_out)}"
    yield from (f"    {item.key}: {why}" for item, why in done.left_out)


def reviewed_rows(made: Sequence[Proposal], ground: YearGround) -> Iterator[str]:
    """How many rows of each sheet the review has, and what is proposed for them."""
    yield f"Rows in the review: {len(made)}."
    for name in dict.fromkeys(p.sheet for p in made):
        states = Counter(p.state for p in made if p.sheet == name)
        called = ground.forms[name].title if name in ground.forms else name.capitalize()
        yield f"  {called}: {_many(sum(states.values()), 'row')}, {', '.join(f'{n} {s.lower()}' for s, n in states.items())}."


def further(added: Sequence[Period], label: str) -> Iterator[str]:
    """What was laid out besides."""
    if added:
        yield f"Periods laid out for {label}: {', '.join(p.key for p in added)}. Check their days."
    else:
        yield f"The periods of {label} stand on the register already."


def to_settle(end: YearEnd, quarter: Quarter, register: Register) -> Iterator[str]:
    """What is still open of the year: mergers that are not clear, leads and plans of new rows, returns that have not come."""
    for e in end.of(Outcome.MERGED):
        if e.problem:
            yield f"{_name(e)} is merged into another row, but the reason {e.problem}."
    doubts: dict[str, list[str]] = {}
    for new in end.proposed.new:
        for doubt in new.doubts:
            doubts.setdefault(doubt, []).append(new.key)
    yield from (f"{first_few(keys, _FEW)}: {doubt}." for doubt, keys in doubts.items())
    owing = [register.partner_name(r.partner) for r in quarter.returns if r.state in ("late", "owed", "held", "part returned")]
    if owing:
        yield f"{quarter.period.label} is not all in: {first_few(owing, _FEW)}. Run this again when it is."
    yield from _open(quarter)


def _open(quarter: Quarter) -> Iterable[str]:
    asked = [f for f in quarter.findings if f.severity is not Severity.NOTE]
    return [f"{_many(len(asked), 'query', 'queries')} of {quarter.period.label} still open."] if asked else []


def _name(ending: Ending) -> str:
    item = ending.item
    return item.key if item.label == item.key else f"{item.key} ({item.label})"


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}s'}"
