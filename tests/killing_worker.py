"""The child's side as it would be with a fault: a workbook that ends with KILL takes it down."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from workflow.model import Submission
from workflow.pipeline import worker
from workflow.pipeline.ground import Arrival, Ground
from workflow.pipeline.judge import judge


def serve(setup: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """The real one, with a reader that does not outlive such a workbook."""
    def deadly(arrival: Arrival, ground: Ground) -> Submission:
        if arrival.data.endswith(b"KILL"):
            os.abort()
        return judge(arrival, ground)

    vars(worker)["judge"] = deadly
    return worker.serve(setup)
