"""What small parts say, remembered: the returns of one form share most of theirs byte for byte.

Styles, relationships, content types and what stands around a sheet's rows are gone through once for hundreds of files. What is
remembered hangs on every byte of the part and on the limits, so a file can neither gain nor lose by what was read before it;
and it is charged for as if it were read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

from workflow.reader.book import Limits
from workflow.reader.package import Package

LONGEST = 2**16  # bytes of a part that is remembered
_MOST, _MOST_BYTES = 512, 2**23  # parts, and bytes of all of them: when they are more, it begins anew

T = TypeVar("T")
_Key = tuple[Hashable, int, bytes]
_known: dict[_Key, tuple[Any, tuple[int, int]]] = {}
_size = [0]
_numbers = count()


def part_once(package: Package, part: str, kind: Hashable, read: Callable[[Iterable[bytes] | None], T]) -> T:
    """What `read` makes of the bytes of a part: it is given them, or None where they are so many that it is to stream them."""
    if part in package and package.size(part) > LONGEST:
        return read(None)
    data = package.read(part)
    return once(package, kind, data, lambda: read([data]))


def once(package: Package, kind: Hashable, data: bytes, read: Callable[[], T]) -> T:
    """What `read` makes of `data`, which depends on nothing else but `kind`; nobody changes it. What it raises is not kept."""
    budget = package.budget
    key = (kind, _number(package.limits), data)
    if key in _known:
        value, cost = _known[key]
        budget.pay(cost)
        return value  # type: ignore[no-any-return]  # what was kept under this kind
    before = budget.left
    found = read()
    if len(data) <= LONGEST:
        if len(_known) >= _MOST or _size[0] + len(data) > _MOST_BYTES:
            forget()
        _size[0] += len(data)
        _known[key] = found, (before[0] - budget.left[0], before[1] - budget.left[1])
    return found


@lru_cache(maxsize=64)
def _number(limits: Limits) -> int:
    """A number that no other limits have."""
    return next(_numbers)


def forget() -> None:
    """Forget everything."""
    _known.clear()
    _size[0] = 0
