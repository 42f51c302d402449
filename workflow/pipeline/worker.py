"""The child's side: it opens one received file after another and judges what it finds. It touches no disk and no network.

`guard` starts it with limits; `receive` asks it, and believes nothing it says without looking.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from workflow.inbox import hash_of, open_file
from workflow.model import Leaf, LeafKind
from workflow.pipeline import wire
from workflow.pipeline.ground import Arrival, Ground
from workflow.pipeline.judge import judge, message_of, not_read


def setup_for(ground: Ground) -> bytes:
    """What the child is told once: what to judge on. Where each cell of the register stands is nothing to a return."""
    return pickle.dumps(replace(ground, register=replace(ground.register, places={})), pickle.HIGHEST_PROTOCOL)


def serve(setup: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """What answers the requests of one child (see `guard.Worker`)."""
    gc.disable()  # it would look at every row of a large register again and again while it is being made
    ground: Ground = pickle.loads(setup)  # noqa: S301 - it comes from the process that started this one, never from a file
    gc.enable()

    def answer(frame: bytes) -> Iterator[bytes]:
        request, data = wire.request_in(frame)
        leaves = open_file(data, ground.settings.limits)
        if request.extract:
            return (leaf.data for leaf in leaves if hash_of(leaf.data) == request.extract)
        return _judged(request, data, leaves, ground)

    return answer


def _judged(request: wire.Request, data: bytes, leaves: Sequence[Leaf], ground: Ground) -> Iterator[bytes]:
    container = hash_of(data)
    listed = [wire.Listed(leaf.part, container if leaf.part is None else hash_of(leaf.data)) for leaf in leaves]
    yield wire.listed_out(listed)
    workbooks = [message_of(leaf.part) for leaf in leaves if leaf.kind is LeafKind.WORKBOOK]
    for n, leaf in enumerate(leaves):
        if (leaf.part or "") in request.skip:
            continue
        arrival = Arrival(
            file=request.file,
            sha256=listed[n].sha256,
            data=leaf.data,
            received=request.received,
            part=leaf.part,
            container=container,
            messages=leaf.messages,
            alone=workbooks.count(message_of(leaf.part)) == 1,
        )
        if leaf.kind is LeafKind.WORKBOOK:
            yield wire.reading_out(n)
            yield wire.leaf_out(n, judge(arrival, ground))
        else:
            yield wire.leaf_out(n, not_read(arrival, leaf, ground))
