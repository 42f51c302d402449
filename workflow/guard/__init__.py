"""The guard: runs a piece of our own code in a child process under limits, and outlives whatever the child does.

What opens received files runs here, because no limit inside a process can stop a parser that spins, eats the memory or takes
the process down with it. The guard does not know what is asked: bytes go in, frames of bytes come out, or `ChildFailed`.

The child gets a bare environment, an empty folder, no terminal and no way to our files but reading them: what its fences
refuse is in `workflow.guard.fences`. They are there against accidents and against files that lead a parser astray; the code
that runs in the child is ours, and a child that was taken over entirely can still say what it likes about later files.

On Windows there are no resource limits: there the wall clock, the limit on the reply and the audit hook hold the line. This
room was not tried on Windows; what differs there (no `resource`) is imitated in its tests.
"""

from workflow.guard.limits import ChildFailed, GuardLimits
from workflow.guard.worker import Worker

__all__ = ["ChildFailed", "GuardLimits", "Worker"]
