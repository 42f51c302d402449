"""Lists whose replies are put wrong on purpose: whatever they say, hardly one that is wrong is called sure.

Two neighbours swapped, every reply one place on, one reply left out so that the rest move up: in each list of the rebuilt
documents, and in lists made of the example's own commitments and the progress reported on them, which nothing was tried on.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.old.documents import document
from workflow.model import Confidence
from workflow.promises import Pair, pair, split_entries

EXAMPLE = Path(__file__).parent / "example"
FEW = 4  # pairs from which a list is one
Told = tuple[tuple[str, str], ...]  # promises and the replies to them


@cache
def documents() -> tuple[Told, ...]:
    """Each paired list of the documents in which every reply answers the promise of its number, and no other."""
    sections = (s for name in ("annual_report", "delivery_plan") for s in document(name).pairs)
    plain = [s for s in sections if all(r.answers == (n,) for n, r in enumerate(s.replies, 1))]
    return tuple(tuple((p.words, r.words) for p, r in zip(s.promises, s.replies, strict=False)) for s in plain)


@cache
def example() -> tuple[Told, ...]:
    """The commitments and actions of the example with what was reported on them, by plan, theme and quarter."""
    rows = [r for f in sorted(EXAMPLE.glob("register/items-*.toml")) for r in tomllib.loads(f.read_text("utf-8"))["row"]]
    items = {r["key"]: r for r in rows}
    lists: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for r in items.values():
        if "opening_progress" in r and "title" in r:
            lists["before", r["plan"], r["theme"]].append((r["title"], r["opening_progress"]))
    for file in sorted((*EXAMPLE.glob("returns/commitments-*.toml"), *EXAMPLE.glob("returns/actions-*.toml"))):
        for r in tomllib.loads(file.read_text("utf-8"))["row"]:
            if "progress" in r and (item := items.get(r["key"])):
                lists[file.stem, item["plan"], item["theme"]].append((item["title"], r["progress"]))
    return tuple(tuple(told) for told in lists.values() if len(told) >= FEW)


def slid(count: int) -> Iterator[list[int]]:
    """Which reply then stands at each place."""
    own = list(range(count))
    yield own[1:] + own[:1]
    yield from ([*own[:n], n + 1, n, *own[n + 2 :]] for n in range(count - 1))
    yield from (own[:n] + own[n + 1 :] for n in range(count))


def asked(told: Told, order: Sequence[int], *, apart: bool = False) -> Iterator[tuple[Pair, bool]]:
    """The pair of each promise, and whether it is right, with the replies in another order under the same numbers."""
    promises = [" ".join(p.split()) for p, _ in told]
    replies = [" ".join(r.split()) for _, r in told]
    left = split_entries("\n".join(f"{n}. {p}" for n, p in enumerate(promises, 1)))
    right = split_entries("\n".join(f"{n}. {replies[k]}" for n, k in enumerate(order, 1)))
    pairs = [p for p in pair(left, right, apart=apart) if p.promise and not p.promise.stem]
    for n, one in enumerate(pairs):
        has = [" ".join(r.whole.split()) for r in one.replies]
        yield one, has == [replies[n]] if n in order else not has


def wrongs(lists: Sequence[Told], *, apart: bool = False) -> list[Confidence]:
    """How sure each wrong pair is called, of all the ways to put the replies wrong."""
    return [
        p.confidence for told in lists for order in slid(len(told)) for p, right in asked(told, order, apart=apart) if not right
    ]


@pytest.mark.parametrize(("lists", "most"), [(documents(), 0.02), (example(), 0.02)], ids=["documents", "example"])
def test_hardly_a_reply_that_was_put_wrong_is_called_sure(lists: tuple[Told, ...], most: float) -> None:
    found = wrongs(lists)
    assert len(found) > 500
    assert found.count(Confidence.SURE) <= most * len(found)
    assert found.count(Confidence.CHECK) >= 0.7 * len(found)


def test_in_lists_that_do_not_stand_side_by_side_nothing_is_sure_and_what_is_wrong_is_asked() -> None:
    found = wrongs(example(), apart=True)
    assert Confidence.SURE not in found
    assert found.count(Confidence.CHECK) >= 0.95 * len(found)


def test_most_of_what_is_right_is_still_called_so() -> None:
    right = [p.confidence for told in example() for p, good in asked(told, range(len(told))) if good]
    assert len(right) == sum(len(told) for told in example()) > 200
    assert right.count(Confidence.SURE) >= 0.6 * len(right)
    assert right.count(Confidence.CHECK) <= 0.15 * len(right)
