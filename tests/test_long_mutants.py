"""Law 6 by force: thousands of damaged returns, each judged to a state with a reason, and none of them stops a run.

Whole files are cut, flipped and stuffed byte by byte; their XML is damaged element by element, so that the package opens
and the damage reaches the cells, the tables, the properties and the identity.
"""

from __future__ import annotations

import io
import random
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import pytest

from tests import small as s
from tests.small import Q2
from workflow.inbox import hash_of
from workflow.model import Severity, Submission, SubmissionState
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.ground import Arrival
from workflow.pipeline.judge import judge
from workflow.pipeline.quarter import Facts, work_out
from workflow.pipeline.verdict import Verdict
from workflow.pipeline.workspace import Workspace

pytestmark = pytest.mark.long
SHARDS, OF_BYTES, OF_XML = 6, 300, 400
PAPERS_OF = 50  # the papers are written for one mutant in so many
TODAY = date(2023, 10, 23)
STATES = {SubmissionState.MERGED, SubmissionState.HELD, SubmissionState.REFUSED}
WORDS = (
    "", " ", "0", "-1", "1", "999999999999999999999", "1e308", "1E400", "NaN", "INF", "-INF", "0.1", "2958466", "45212",
    "-1000000", "true", "Yes", "#REF!", "#N/A", "=1+1", "_x0000_", "_xD800_", "_x000A_", "A1", "A0", "XFE1", "ZZZZ99999999",
    "A1:A1048577", "$A$1", "'Sheet'!$A$1", "NEW-01", "NEW-²", "NEW-" + "9" * 5000, "A-1", "A-3", "police", "housing", "nobody",
    "2023-24-Q3", "2023-13-45", "31/02/2023", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "x" * 40_000, "\u202e",
    "&#0;", "&amp;", "&undefined;", "s", "n", "b", "e", "str", "inlineStr", "d", "bogus", "hidden",
    "veryHidden", "http://evil.example", "../../etc/passwd",
)  # fmt: skip


@dataclass(frozen=True)
class Good:
    """Good returns, and the workspace that they belong to."""

    workspace: Workspace
    files: tuple[bytes, ...]


@cache
def good() -> Good:
    with TemporaryDirectory() as folder:
        small = s.issued(Path(folder, "small"))
        workspace = workspaces.load(small.root)
        files = [small.filled(partner) for partner in ("police", "housing", "yos")]
        small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
        small.collate()
        marked = (small.root / f"outbox/{Q2}/marked-up/police-{Q2}-queries.xlsx").read_bytes()
        return Good(workspace, (*files, small.template("police"), marked))


# --- damage to bytes


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 4, 64))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def drop(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 10, 1000)) :]


def stuff(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 10, 1000))) + data[at:]


def repeat(data: bytes, rng: random.Random) -> bytes:
    at, length = rng.randrange(len(data)), rng.choice((4, 100, 5000))
    return data[:at] + data[at : at + length] * 3 + data[at + length :]


def directory(data: bytes, rng: random.Random) -> bytes:
    """Damage where a zip file is most tender: the directory at its end."""
    at = data.rfind(b"PK\x01\x02", 0, len(data) - rng.randrange(1, 400))
    at = max(at, 0) + rng.randrange(46)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 4))) + data[at + rng.choice((1, 2, 4)) :]


BYTE_DAMAGE: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip, cut, drop, stuff, repeat, directory)

# --- damage to XML

_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_TEXT = re.compile(r">([^<>]+)<")
_VALUE = re.compile(r"<(?:t|v|vt:lpwstr|cp:keywords|dcterms:modified)(?: [^<>]*)?>([^<>]+)<")


def pick(pattern: re.Pattern[str], text: str, rng: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


def other_value(text: str, rng: random.Random) -> str:
    """Another value in a cell or a property, written as a program would write it: the file stays whole."""
    m = pick(_VALUE, text, rng)
    return text[: m.start(1)] + escape(rng.choice(WORDS)) + text[m.end(1) :] if m else text


def other_text(text: str, rng: random.Random) -> str:
    m = pick(_TEXT, text, rng)
    return text[: m.start(1)] + rng.choice(WORDS) + text[m.end(1) :] if m else text


def other_attribute(text: str, rng: random.Random) -> str:
    m = pick(_ATTRIBUTE, text, rng)
    return text[: m.start(2)] + rng.choice(WORDS).replace('"', "") + text[m.end(2) :] if m else text


def no_attribute(text: str, rng: random.Random) -> str:
    m = pick(_ATTRIBUTE, text, rng)
    return text[: m.start()] + text[m.end() :] if m else text


def no_tag(text: str, rng: random.Random) -> str:
    m = pick(_TAG, text, rng)
    return text[: m.start()] + text[m.end() :] if m else text


def element(text: str, rng: random.Random) -> tuple[int, int] | None:
    """Where some element begins and ends."""
    m = pick(_TAG, text, rng)
    if m is None or m[1]:
        return None
    end = m.end() if m[4] else text.find(f"</{m[2]}>", m.end()) + len(m[2]) + 3
    return (m.start(), end) if end > m.end() or m[4] else None


def no_element(text: str, rng: random.Random) -> str:
    place = element(text, rng)
    return text[: place[0]] + text[place[1] :] if place else text


def element_again(text: str, rng: random.Random) -> str:
    place = element(text, rng)
    times = rng.choice((1, 1, 50))
    return text[: place[1]] + text[place[0] : place[1]] * times + text[place[1] :] if place else text


def elements_changed_about(text: str, rng: random.Random) -> str:
    one, two = sorted((element(text, rng) or (0, 0), element(text, rng) or (0, 0)))
    if one[1] > two[0] or one == two:
        return text
    return text[: one[0]] + text[two[0] : two[1]] + text[one[1] : two[0]] + text[one[0] : one[1]] + text[two[1] :]


def other_tag(text: str, rng: random.Random) -> str:
    m = pick(_TAG, text, rng)
    return text.replace(f"<{m[2]}", "<other").replace(f"</{m[2]}>", "</other>") if m else text


def doctype(text: str, rng: random.Random) -> str:
    head = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    at = text.find("?>") + 2
    return text[:at] + head + (text[at:].replace("</t>", "&b;</t>", 3) if rng.random() < 0.5 else text[at:])


XML_DAMAGE: tuple[Callable[[str, random.Random], str], ...] = (
    *(other_value,) * 5,
    other_text,
    *(other_attribute,) * 3,
    no_attribute,
    no_tag,
    no_element,
    element_again,
    elements_changed_about,
    other_tag,
    doctype,
)


def xml_mutant(data: bytes, rng: random.Random) -> bytes:
    """One, two or five kinds of damage to some parts of the package; sometimes a part is lost, emptied or changed about."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    told = [n for n in parts if n.endswith((".xml", ".rels"))]
    likely = [
        n for n in told if any(part in n for part in ("worksheets/sheet", "docProps", "workbook.xml", "tables/", "shared"))
    ]
    for _ in range(rng.choice((1, 1, 2, 5))):
        name = rng.choice(likely if rng.random() < 0.8 else told)
        parts[name] = rng.choice(XML_DAMAGE)(parts[name].decode("utf-8"), rng).encode("utf-8", "replace")
    if rng.random() < 0.08:
        lost = rng.choice(list(parts))
        parts[lost] = rng.choice((b"", b"<a/>", b"\xff\xfe", rng.choice(list(parts.values()))))
    if rng.random() < 0.04:
        del parts[rng.choice(list(parts))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def byte_mutant(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 3))):
        data = rng.choice(BYTE_DAMAGE)(data, rng) or b"P"
    return data


# --- judged


def ends_well(submission: Submission, workspace: Workspace) -> None:
    """A state and a reason; whatever it holds is accounted for, and the verdict can be said."""
    assert submission.state in STATES
    if submission.state is not SubmissionState.MERGED:
        assert re.fullmatch(r"\S.*[.?]", submission.reason, re.DOTALL), submission.reason
    assert all(f.message and isinstance(f.severity, Severity) for f in submission.findings)
    facts = Facts(workspace.register, workspace.forms, TODAY, workspace.settings.thresholds, Q2)
    quarters = work_out(facts, [submission])
    assert all(q.balance.holds for q in quarters.values())
    assert sum(q.balance.read for q in quarters.values()) == (
        len(submission.answers) if submission.state is not SubmissionState.REFUSED else 0
    )
    verdict = Verdict(workspace.register, quarters[Q2], (), 1, "23 Oct 2023")
    assert verdict.full_text().isprintable() or "\n" in verdict.full_text()


def papers(submission: Submission, workspace: Workspace) -> int:
    facts = Facts(workspace.register, workspace.forms, TODAY, workspace.settings.thresholds, Q2)
    with TemporaryDirectory() as folder:
        root = s.make(Path(folder, "small")).root
        copy = replace(workspace, root=root)
        return len(emit.Emitter(copy, facts, work_out(facts, [submission]), TODAY).outputs(Q2).files)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_mutant_is_judged(shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(f"mutants {shard}")
    counts: Counter[str] = Counter()
    slowest = 0.0
    kinds: Sequence[tuple[str, Callable[[bytes, random.Random], bytes], int]] = (
        ("bytes", byte_mutant, OF_BYTES),
        ("xml", xml_mutant, OF_XML),
    )
    for kind, mutate, number in kinds:
        for n in range(number):
            seed = rng.getrandbits(64)
            own = random.Random(seed)
            data = mutate(own.choice(good().files), own)
            began = time.perf_counter()
            try:
                submission = judge(Arrival(f"inbox/{n}.xlsx", hash_of(data), data, TODAY), good().workspace.ground)
                ends_well(submission, good().workspace)
                if n % PAPERS_OF == 0:
                    assert papers(submission, good().workspace) > 6
                    counts["papers written"] += 1
            except Exception as error:
                error.add_note(f"{kind} mutant {n} of shard {shard}, seed {seed}")
                raise
            slowest = max(slowest, time.perf_counter() - began)
            counts[f"{kind} {submission.state.value}"] += 1
    with capsys.disabled():
        sys.stderr.write(f"\nmutants, shard {shard}: {dict(sorted(counts.items()))}, slowest {slowest:.2f} s\n")
    assert sum(v for k, v in counts.items() if k != "papers written") == OF_BYTES + OF_XML
    assert slowest < 20
    assert counts["xml merged"] > OF_XML // 10  # the damage reaches the cells


def test_there_are_enough_mutants() -> None:
    assert SHARDS * (OF_BYTES + OF_XML) >= 3_000
