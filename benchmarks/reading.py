"""What a reading child does when nothing but reading is measured: a file in, every cell of its tables with its place out.

`speed` measures it as the product reads: in children under limits, two of them from as many files on as the product has two.
"""

from __future__ import annotations

import marshal
import pickle
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from workflow import reader
from workflow.inbox import open_file

HERE = Path(__file__).parents[1]
Found = tuple[str, str, int, str, str, str]  # form, row key, row, field, cell, text


def serve(setup: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """What answers the requests of one child. `setup` are the forms."""
    sought, limits = reader.sought_for(pickle.loads(setup)), reader.Limits()

    def answer(data: bytes) -> Iterator[bytes]:
        for leaf in open_file(data, limits):
            tables = reader.read_tables(reader.read_bytes(leaf.data, limits, sought), sought, leaf.part or "")
            yield marshal.dumps([
                (name, row.key, row.number, field, cell.ref, str(cell.value))
                for name, table in tables.items()
                for row in table.rows
                for field, cell in row.cells.items()
            ])  # fmt: skip

    return answer


def read_all(root: Path) -> int:
    """Read every workbook of a workspace's inbox; how many cells came out of it."""
    from workflow import config, guard  # noqa: PLC0415 - the child does without
    from workflow.pipeline import lanes, opener  # noqa: PLC0415

    files = sorted((root / "inbox").glob("*.xlsx"))
    many = 2 if len(files) >= opener.MANY and lanes.processors() > 1 else 1
    setup = pickle.dumps(config.load_forms(root / "templates/returns"))
    workers = [guard.Worker("benchmarks.reading", setup, guard.GuardLimits(), (str(HERE),)) for _ in range(many)]

    def read(lane: int, path: Path) -> list[Found]:
        return [found for frame in workers[lane].ask(path.read_bytes()) for found in marshal.loads(frame)]

    try:
        each = lanes.in_order(files, read, many, lambda: None) if many > 1 else map(partial(read, 0), files)
        return sum(map(len, each))
    finally:
        for one in workers:
            one.close()


if __name__ == "__main__":
    print(read_all(Path(sys.argv[1])))
