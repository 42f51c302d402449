"""Everything hostile at once: every made workbook and mail, and thousands of mutants, in runs beside good returns."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests import hostile_books, hostile_mails
from tests import small as s
from tests.example import mails
from tests.mail_mutants import mutate
from tests.small import Q2, SENT, Small
from workflow.inbox import hash_of, open_file
from workflow.ledger import Ledger
from workflow.model import Leaf, LeafKind, Submission, SubmissionState
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.ground import Arrival, Ground
from workflow.pipeline.judge import judge, not_read

pytestmark = pytest.mark.long
BESIDE = ("housing", "yos")  # the hostile workbooks are made from the police's return
SHARDS, OF_MAILS = 4, 400
PARENT_MB, CHILD_MB = 300, 1024
# Runs the command, and tells the most memory that it and the children it waited for ever held (kilobytes, on Linux). What
# getrusage says of a process itself would count what started it.
RUN = """
import json, re, resource, sys
from pathlib import Path
from workflow.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([code, own, children]), file=sys.stderr)
"""


def hostile() -> dict[str, bytes]:
    """Every made file by the name it gets in the inbox: for the workbooks one that is no help."""
    books = {f"books/{name}.xlsx": hostile_books.made(name) for name in hostile_books.CASES}
    return {**books, **{f"mails/{name}": make() for name, make in hostile_mails.CASES.items()}}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
def test_a_run_over_everything_hostile_ends_and_the_good_are_merged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = s.issued(tmp_path / "small")
    for partner in BESIDE:
        small.returns(partner)
    alone = small.collate(dry_run=True)
    files = hostile()
    for name, data in files.items():
        small.arrive(f"hostile/{name}", data, None)
    options = ["collate", "--workspace", str(small.root), "--period", Q2, "--today", "2023-10-23", "--json"]
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", RUN, *options], capture_output=True, text=True, check=False, cwd=s.ROOT)
    seconds = time.monotonic() - began
    assert "Traceback" not in done.stdout + done.stderr, done.stderr[-2000:]
    code, own, children = json.loads(done.stderr.splitlines()[-1])
    assert code == 1
    verdict = json.loads(done.stdout)
    told = verdict["submissions"]
    assert {f["file"].removeprefix("inbox/hostile/") for f in told} >= set(files)
    assert all(f["state"] == "merged" or f["reason"] for f in told)
    assert {f["state"] for f in told} <= {state.value for state in SubmissionState}
    assert not any(character in done.stdout for character in map(chr, (*range(9), *range(14, 32), 127, *range(128, 160))))
    for partner in BESIDE:
        assert [f["state"] for f in told if f["file"] == f"inbox/{partner}.xlsx"] == ["merged"]
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        leaves, standing = ledger.submissions(), ledger.standings()[Q2]
    for slot, stood in alone.quarter.merged.standing.items():
        assert standing[slot].value == stood.value, slot
    conserved(files, leaves)
    counts = Counter(f["state"] for f in told)
    with capsys.disabled():
        sys.stderr.write(
            f"\n{len(files)} hostile files, {len(told)} leaves: {dict(counts)}; {seconds:.0f} s,"
            f" {own // 1024} MB in the parent, {children // 1024} MB in a child\n"
        )
    assert len(hostile_books.CASES) >= 70
    assert len(hostile_mails.CASES) >= 40
    assert own < PARENT_MB * 1024
    assert children < CHILD_MB * 1024


def conserved(files: dict[str, bytes], leaves: list[Submission]) -> None:
    """Every leaf of every received file has its record, and every record is of a leaf."""
    recorded = Counter(leaf.container for leaf in leaves)
    for name, data in files.items():
        if len(data) < 2**20 and recorded[hash_of(data)]:  # what is not ready has none
            assert recorded[hash_of(data)] == len(open_file(data)), name


# --- mutants of mails


@cache
def good() -> tuple[Ground, tuple[bytes, ...]]:
    """What mutants are judged on, and the mails that they are made of."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        small = s.issued(Path(folder, "small"))
        ground = workspaces.load(small.root).ground
        made = [posted(small, partner) for partner in ("police", "housing", "yos")]
    return ground, tuple(data for group in made for data in group)


def posted(small: Small, partner: str) -> tuple[bytes, ...]:
    sent = mails.Sent(f"lead@{partner}.example", "Partnership Lead", "office@small.example", SENT, "Return", "return.xlsx",
                      small.filled(partner))  # fmt: skip
    message = mails.mail(sent)
    return message, mails.forwarded(sent), mails.outlook(sent), mails.zipped({"a.xlsx": sent.data, "b.eml": message})


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_mutant_of_a_mail_is_read_or_refused(shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    ground, bases = good()
    rng = random.Random(f"mail mutants {shard}")
    counts: Counter[str] = Counter()
    slowest = 0.0
    for n in range(OF_MAILS):
        seed = rng.getrandbits(64)
        own = random.Random(seed)
        data = mutate(own.choice(bases), own)
        began = time.perf_counter()
        try:
            leaves = [judged(leaf, data, ground) for leaf in open_file(data)]
        except Exception as error:
            error.add_note(f"mail mutant {n} of shard {shard}, seed {seed}")
            raise
        slowest = max(slowest, time.perf_counter() - began)
        assert leaves
        for leaf in leaves:
            assert leaf.state is SubmissionState.MERGED or leaf.reason, seed
            assert leaf.part is None or leaf.part.isprintable()
        counts.update(leaf.state.value for leaf in leaves)
    with capsys.disabled():
        sys.stderr.write(f"\nmail mutants, shard {shard}: {dict(sorted(counts.items()))}, slowest {slowest:.2f} s\n")
    assert slowest < 20
    assert counts["merged"] > OF_MAILS // 10  # damage leaves some returns whole
    assert counts["refused"] > OF_MAILS // 10


def judged(leaf: Leaf, data: bytes, ground: Ground) -> Submission:
    day, whole = date(2023, 10, 23), hash_of(data)
    arrival = Arrival("inbox/mutant", hash_of(leaf.data), leaf.data, day, leaf.part, whole, leaf.messages)
    return judge(arrival, ground) if leaf.kind is LeafKind.WORKBOOK else not_read(arrival, leaf, ground)


def test_there_are_enough_mutants_of_returns_and_mails() -> None:
    from tests import test_long_mutants as returns

    assert SHARDS * OF_MAILS + returns.SHARDS * (returns.OF_BYTES + returns.OF_XML) >= 5_000
