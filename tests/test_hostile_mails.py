"""Hostile and odd mails: each becomes what the ledger of expectations says, no part is lost, and none costs much."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import mail_walk
from tests.hostile_mails import BOOKS, CASES
from tests.mail_mutants import DAMAGE, mutate
from workflow.errors import Unreadable
from workflow.inbox.opening import open_file
from workflow.model import INSIDE, Leaf, LeafKind
from workflow.post.refusal import IGNORED, REFUSALS
from workflow.reader import read_bytes

ROWS = {str(n) for n in range(1, 47)}
LABEL_LIMIT = 90  # characters of one level: 80, and a count behind it
SMALL = 50_000  # bytes; quick to damage and to open
HUGE = 10**7  # bytes; a workbook of more is none of the three that the cases share
# The count itself would take too much memory: it makes lists of lines.
PRUNED = {"short-lines.eml", "empty-lines.eml", "uuencode-of-short-lines.eml"}
SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "mails"


@dataclass(frozen=True)
class Expected:
    """One entry of the ledger, with what it leaves out taken from the usual mail."""

    row: str
    leaves: tuple[tuple[str, str, str], ...]
    sender: str
    sent: str
    subject: str
    authentication: str
    message: bool
    nearest: str = ""


def _ledger() -> dict[str, Expected]:
    groups = tomllib.loads(Path(__file__).with_name("hostile_mails.toml").read_text(encoding="utf-8"))
    usual = groups.pop("usual")
    found: dict[str, Expected] = {}
    for group in groups.values():
        for name, entry in group.items():
            told: Mapping[str, Any] = {**usual, **entry}
            found[name] = Expected(**{**told, "leaves": tuple(tuple(leaf) for leaf in told["leaves"])})
    return found


LEDGER = _ledger()


@cache
def opened(name: str) -> tuple[Leaf, ...]:
    """The leaves of a case, opened once for all tests."""
    return open_file(CASES[name]())


def fits(found: str, expected: str) -> bool:
    """Whether a text is as expected: the same, or fitting the whole pattern after "re:"."""
    pattern = expected.removeprefix("re:")
    return found == expected if pattern == expected else re.fullmatch(pattern, found, re.DOTALL) is not None


def told(leaf: Leaf) -> str:
    """The code of a leaf; of one that is handed on, what the reader says of it: "" where it reads it."""
    if leaf.kind is not LeafKind.WORKBOOK:
        return leaf.code
    try:
        read_bytes(leaf.data)
    except Unreadable as error:
        return error.code
    return ""


LARGE = ("large-workbook", "too-much", "uuencode-of-short-lines")  # they take longest to make
EACH = [pytest.param(name, marks=pytest.mark.long) if any(word in name for word in LARGE) else name for name in LEDGER]


def test_the_ledger_and_the_mails_are_the_same_list() -> None:
    assert list(LEDGER) and set(LEDGER) == set(CASES)
    assert {e.row for e in LEDGER.values()} <= ROWS
    missing = {str(n) for n in range(22, 31)} - {e.row for e in LEDGER.values()}
    assert not missing, f"no mail for rows {missing}"
    codes = {code for e in LEDGER.values() for _, kind, code in e.leaves if kind != "workbook" and not code.startswith("re:")}
    assert codes <= {*REFUSALS, *IGNORED}, "the ledger names codes that there are not"


@pytest.mark.long
def test_the_same_mail_each_time() -> None:
    for name, make in CASES.items():
        assert make() == make(), name


@pytest.mark.parametrize("name", EACH)
def test_it_becomes_what_the_ledger_says(name: str) -> None:
    expected, leaves = LEDGER[name], opened(name)
    found = [(leaf.part or "", leaf.kind.value, told(leaf)) for leaf in leaves]
    same = len(found) == len(expected.leaves) and all(
        fits(one, two)
        for leaf, wanted in zip(found, expected.leaves, strict=True)
        for one, two in zip(leaf, wanted, strict=True)
    )
    assert same, f"row {expected.row}: found {found[:20]}, expected {list(expected.leaves)}"
    for leaf in leaves:
        assert bool(leaf.messages) == expected.message
        if leaf.messages:
            last = leaf.messages[-1]
            for what in ("sender", "sent", "subject", "authentication"):
                assert fits(getattr(last, what), getattr(expected, what)), f"{what}: {getattr(last, what)!r}"
    if expected.nearest:
        assert leaves[-1].messages[0].sender == expected.nearest


@pytest.mark.parametrize("name", EACH)
def test_no_part_is_lost(name: str) -> None:
    """Conservation: as many leaves as a count that shares no code with what is tested. Files refused whole are one leaf."""
    leaves = opened(name)
    if (len(leaves) == 1 and leaves[0].part is None) or name in PRUNED:
        assert len(LEDGER[name].leaves) == len(leaves)
    else:
        assert mail_walk.count(CASES[name]()) == len(leaves)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of real mails are not beside the checkout")
def test_no_part_of_a_real_mail_is_lost() -> None:
    for path in sorted(SAMPLES.iterdir()):
        leaves = open_file(path.read_bytes())
        check_laws(leaves)
        assert mail_walk.count(path.read_bytes()) == len(leaves), path.name


@pytest.mark.parametrize("name", EACH)
def test_the_laws_of_leaves(name: str) -> None:
    leaves = opened(name)
    check_laws(leaves)
    for leaf in leaves:
        if leaf.kind is LeafKind.WORKBOOK and not told(leaf):
            assert leaf.data in BOOKS or len(leaf.data) > HUGE, "a return came through changed"
    data = CASES[name]()
    assert len(data) > SMALL or open_file(data) == leaves, "opened again it is something else"


@pytest.mark.long
def test_a_large_mail_opened_again_is_the_same() -> None:
    for name, make in CASES.items():
        assert len(data := make()) <= SMALL or open_file(data) == opened(name), name


def check_laws(leaves: tuple[Leaf, ...]) -> None:
    """What holds of the leaves of any file at all."""
    assert leaves
    labels = Counter(leaf.part for leaf in leaves)
    assert labels.most_common(1)[0][1] == 1, f"labels that are not unique: {labels.most_common(3)}"
    assert None not in labels or len(leaves) == 1
    for leaf in leaves:
        for level in (leaf.part or "-").split(INSIDE):
            assert level.strip() and len(level) <= LABEL_LIMIT and is_plain(level) and not set(level) & set("/\\")
        if leaf.kind is LeafKind.WORKBOOK:
            assert not leaf.code and not leaf.reason and not leaf.quiet
        else:
            known = REFUSALS if leaf.kind is LeafKind.REFUSED else IGNORED
            assert leaf.code in known and is_plain(leaf.reason) and leaf.reason.endswith(".")
            assert leaf.kind is LeafKind.IGNORED or not leaf.quiet, "what is refused is always seen"
        for message in leaf.messages:
            assert is_plain(message.subject) and len(message.subject) <= 200 and "=?" not in message.subject
            assert is_plain(message.authentication) and len(message.authentication) <= 300
            assert is_plain(message.sender) and (
                not message.sender or re.fullmatch(r"[^\s<>()@,;]+@[^\s<>()@,;]+", message.sender)
            )
            assert re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?", message.sent)
    seen = any(leaf.kind is not LeafKind.IGNORED or not leaf.quiet for leaf in leaves)
    automatic = any(leaf.code == "mail-automatic" for leaf in leaves)
    assert seen or automatic, "a file that brings nothing must be seen by somebody"


def is_plain(text: str) -> bool:
    """One line, without signs that nobody sees."""
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text)


@pytest.mark.long
def test_every_code_has_a_mail() -> None:
    """A code that no mail produces is a sentence that nobody has seen."""
    produced = {leaf.code for name in CASES for leaf in opened(name)}
    assert not {*REFUSALS, *IGNORED} - produced


CHILD = """
import json, pathlib, re, sys, time
from workflow.inbox.opening import open_file
took = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    data = path.read_bytes()
    start = time.perf_counter()
    open_file(data)
    took[path.name] = round(time.perf_counter() - start, 2)
    del data
status = pathlib.Path("/proc/self/status").read_text()
print(json.dumps([took, int(re.search(r"VmHWM:\\s*(\\d+) kB", status)[1]) // 1024]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process itself took at most")
@pytest.mark.long
def test_none_costs_much(tmp_path: Path) -> None:
    """All of them in one process: no mail takes more time or memory than a child may have."""
    for name, make in CASES.items():
        (tmp_path / name).write_bytes(make())
    done = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path)], capture_output=True, text=True, check=True)
    took, megabytes = json.loads(done.stdout)
    slowest = max(took, key=took.__getitem__)
    assert megabytes < 400, f"{megabytes} MB"
    assert took[slowest] < 20, f"{slowest} took {took[slowest]} s"  # 5 s on a free machine


# --- mutants


@cache
def small(ending: str = "") -> tuple[bytes, ...]:
    """The cases that are quick to damage and to open, of one kind or all."""
    return tuple(data for name, make in CASES.items() if name.endswith(ending) and len(data := make()) < SMALL)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_mail_still_ends_in_leaves(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        check_laws(open_file(mutate(rng.choice(small()), rng)))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_no_return_that_python_finds_is_passed_over(seed: int) -> None:
    """Where the standard library's parser finds a whole return in a damaged mail, it is read, or somebody is told."""
    rng, compared = random.Random(seed), 0
    for _ in range(150):
        mail = mutate(rng.choice(small(".eml")), rng)
        try:
            found = {p.get_payload(decode=True) for p in message_from_bytes(mail).walk() if not p.is_multipart()} & BOOKS
        except Exception:  # what Python lets out for nonsense
            continue
        leaves = open_file(mail)
        passed_over = found - {leaf.data for leaf in leaves if leaf.kind is LeafKind.WORKBOOK}
        compared += bool(found)
        assert not passed_over or any(told(leaf) for leaf in leaves if not leaf.quiet)
    assert compared > 10


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda d: d.__name__)
def test_each_kind_of_damage_is_pure_and_does_damage(damage: Any) -> None:
    mail = CASES["forwarded-2.eml"]()
    first = [damage(mail, random.Random(n)) for n in range(20)]
    assert first == [damage(mail, random.Random(n)) for n in range(20)]
    assert sum(one != mail for one in first) > 5
    assert isinstance(damage(b"", random.Random(1)), bytes)
