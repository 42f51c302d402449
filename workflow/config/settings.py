"""`config/workflow.toml`: what a coordinator may set. A missing file or key means the default; every default is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workflow.config.mailsettings import Mailbox, Sending, read_mailbox, read_sending
from workflow.config.toml import Table, read_toml
from workflow.errors import WorkflowError
from workflow.model import Finding, Severity
from workflow.reader import Limits

_MEGABYTE = 2**20
# The setting -> the reader's own name for it and what one of it is (field-notes.md section 3, faults 3 and 6).
_LIMITS: Mapping[str, tuple[str, int]] = {
    "file_mb": ("file_bytes", _MEGABYTE), "part_mb": ("part_bytes", _MEGABYTE), "total_mb": ("total_bytes", _MEGABYTE),
    "entries": ("entries", 1), "cells": ("cells", 1),
}
THRESHOLDS: Mapping[str, float] = {
    "small_number": 5.0,  # counts of people from 1 to one less than this are withheld in public papers (domain.md B8: 5, 7, 10)
    "small_base": 30.0,  # a percentage on a smaller base carries a note (domain.md B8)
    "hidden_base": 10.0,  # a percentage on a smaller base is withheld in public papers (domain.md B8)
    "revisions": 2.0,  # this many new due dates make a row an exception (domain.md B4)
}


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the process that reads received files may use, per file (field-notes.md section 5)."""

    seconds: int = 60  # by the clock
    memory_mb: int = 1024  # where the system has such limits: not on Windows


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one workspace. `workspace_id` goes into every issue token (design.md section 4)."""

    workspace_id: str = ""
    layouts: tuple[str, ...] = ("1",)
    limits: Limits = field(default_factory=Limits)
    guard: Guarded = field(default_factory=Guarded)
    refuse_active: bool = False  # refuse a workbook with macros, links or embedded files instead of reading its values
    thresholds: Mapping[str, float] = field(default_factory=lambda: dict(THRESHOLDS))
    mailbox: Mailbox = field(default_factory=Mailbox)
    sending: Sending = field(default_factory=Sending)
    retention_months: int = 0  # how long what was received is kept before `purge --due` lists it; 0: nothing is listed


_KNOWN = ("workspace_id", "layouts", "refuse_active", "limits", "thresholds", "mailbox", "sending", "retention")


def load_settings(path: Path) -> Settings:
    """The settings of a workspace; the defaults where there is no file.

    Raises WorkflowError where the file cannot be used; unknown keys are left to `check_settings`.
    """
    settings, faults = read_settings(path)
    for fault in faults:
        if fault.severity is Severity.STOP:
            raise WorkflowError(fault.message)
    return settings


def check_settings(path: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the settings, unknown keys included."""
    return read_settings(path)[1]


def read_settings(path: Path) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings and every fault in them; a faulty value leaves its default in place."""
    if not path.exists():
        return Settings(), ()
    faults: list[Finding] = []
    table = read_toml(path, faults)
    if table is None:
        return Settings(), tuple(faults)
    table.only(_KNOWN, "setting-unknown")
    limits = table.table("limits")
    settings = Settings(
        workspace_id=table.text("workspace_id"),
        layouts=table.texts("layouts") or ("1",),
        refuse_active=table.flag("refuse_active"),
        limits=_limits(limits),
        guard=_guarded(limits),
        thresholds=_thresholds(table.table("thresholds")),
        mailbox=read_mailbox(table.table("mailbox")),
        sending=read_sending(table.table("sending")),
        retention_months=_retention(table.table("retention")),
    )
    return settings, tuple(faults)


def _limits(table: Table) -> Limits:
    """The reader's limits; sizes are given in megabytes."""
    default = Limits()
    table.only((*_LIMITS, "seconds", "memory_mb"), "setting-unknown")
    values: dict[str, int] = {}
    for name, (attribute, size) in _LIMITS.items():
        values[attribute] = table.one_or_more(name, getattr(default, attribute) // size) * size
    return replace(default, **values)


def _retention(table: Table) -> int:
    table.only(("months",), "setting-unknown")
    return table.one_or_more("months", 0) if "months" in table.data else 0


def _guarded(table: Table) -> Guarded:
    default = Guarded()
    return Guarded(table.one_or_more("seconds", default.seconds), table.one_or_more("memory_mb", default.memory_mb))


def _thresholds(table: Table) -> Mapping[str, float]:
    table.only(THRESHOLDS, "setting-unknown")
    values: dict[str, float] = {}
    for name, default in THRESHOLDS.items():
        value = table.number(name, default)
        if value is not None and value < 0:
            table.fault("toml-type", str(value), key=name, expected="a number of 0 or more")
            value = default
        values[name] = float(default if value is None else value)
    return values
