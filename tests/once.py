"""What is only worked out, and neither read from the disk nor written to it, worked out once for the many runs of the tests."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from workflow import accessible, reader, writer
from workflow.pipeline import workspace as workspaces


def key_of(*parts: Any) -> bytes:
    """A key for a memo: values that differ have another."""
    return hashlib.sha256(repr(parts).encode()).digest()


def once(function: Callable[..., Any], key: Callable[..., bytes]) -> Callable[..., Any]:
    """The function, called once for each key of its arguments."""
    known: dict[bytes, Any] = {}

    def remembered(*args: Any, **kwargs: Any) -> Any:
        at = key(*args, **kwargs)
        if at not in known:
            known[at] = function(*args, **kwargs)
        return known[at]

    return remembered


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def ground_of(root: Path) -> bytes:
    """What a workspace is set up with, but for its inbox, its outbox and its ledger."""
    files = sorted(p for name in ("config", "templates") for p in (root / name).rglob("*") if p.is_file())
    return key_of([(p.relative_to(root).as_posix(), sha(p.read_bytes())) for p in files])


def of_faults(workspace: workspaces.Workspace, today: date) -> bytes:
    return key_of(sha(workspace.register_bytes), workspace.register.periods, workspace.forms_sha, today)


# Kept for as long as the process lasts: many files run the same quarter.
_render = once(writer.render, lambda book: sha(pickle.dumps(book)))
_check = once(accessible.check, lambda data, profile, name="", any_size=False: key_of(sha(data), profile, name, any_size))
_read = once(reader.read_bytes, lambda data, *more: key_of(sha(data), more))
_load = once(workspaces.load, ground_of)
_faults = once(workspaces.register_faults, of_faults)


@contextmanager
def drawing_once() -> Iterator[None]:
    """Draw, check and read a workbook once, and set up a workspace once, however often the tests come to the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "render", _render)
        patch.setattr(accessible, "check", _check)
        patch.setattr(reader, "read_bytes", _read)
        patch.setattr(workspaces, "load", lambda root: replace(_load(root), root=root))
        patch.setattr(workspaces, "register_faults", _faults)
        yield
