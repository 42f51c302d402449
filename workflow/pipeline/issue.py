"""Issue: one return template per partner and its covering email; and the reminders that follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from workflow import items, post
from workflow.errors import WorkflowError
from workflow.ledger import Issue, Ledger
from workflow.model import Period, Register, Severity
from workflow.names import Names
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.book import Made, template_for
from workflow.pipeline.closings import Closings
from workflow.pipeline.mail import Mailer
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.state import Asked, quarters, taken, writing
from workflow.pipeline.workspace import CLOSED, Workspace


@dataclass(frozen=True, slots=True)
class Issued:
    """What `issue` or `chase` wrote."""

    period: Period
    partners: tuple[str, ...]  # names
    written: tuple[str, ...]
    notes: tuple[str, ...]
    closed: bool = False  # nobody is chased for a period that is closed


def issue(asked: Asked, only: tuple[str, ...] = ()) -> Issued:
    """Write the templates and covering emails of a period, for every partner that has rows, or for those named.

    Raises WorkflowError where the register has a fault that would leave a row with nobody: nothing goes out then.
    """
    with _open(asked) as (workspace, quarter, ledger):
        _refuse_faults(workspace, asked.today)
        files: dict[str, bytes] = {}
        names: list[str] = []
        mailer = Mailer(workspace, quarter, asked.today)
        for partner_id in _named(only, workspace.register, asked.today) or tuple(quarter.given):
            partner = workspace.register.partner(partner_id)
            if partner is None or not items.owes_rows(quarter.given.get(partner_id, {})):
                continue
            made, attachment = _template(workspace, quarter, partner_id, asked.today)
            files[f"outbox/{quarter.period.key}/templates/{attachment.name}"] = made.data
            files.update(mailer.issue(partner, made.rows, attachment))
            names.append(partner.name)
            _remember(ledger, made, partner_id, (quarter.period.key, asked.today))
        emitted = emit.write(asked.root, files, asked.today, ledger)
    return Issued(quarter.period, tuple(names), emitted.written, emitted.notes)


def chase(asked: Asked) -> Issued:
    """Reminder drafts, only to those who owe something, naming exactly what."""
    with _open(asked) as (workspace, quarter, ledger):
        if quarter.period.state == CLOSED:
            emit.remove_chasers(asked.root, quarter, asked.today, ledger, closed=True)
            return Issued(quarter.period, (), (), (), closed=True)
        files: dict[str, bytes] = {}
        names: list[str] = []
        mailer = Mailer(workspace, quarter, asked.today)
        for status in quarter.returns:
            partner = workspace.register.partner(status.partner)
            if partner is None or not emit.owes(status):
                continue
            attachment = None
            if not status.received:
                made, attachment = _template(workspace, quarter, partner.id, asked.today)
                _remember(ledger, made, partner.id, (quarter.period.key, asked.today))
            files.update(mailer.chaser(partner, status, attachment))
            names.append(partner.name)
        emitted = emit.write(asked.root, files, asked.today, ledger)
        emit.remove_chasers(asked.root, quarter, asked.today, ledger)
    return Issued(quarter.period, tuple(names), emitted.written, emitted.notes)


@contextmanager
def _open(asked: Asked) -> Iterator[tuple[Workspace, Quarter, Ledger]]:
    """The workspace, the period as it stands, and the ledger open for writing."""
    workspace = workspaces.load(asked.root)
    workspace.period(asked.period, asked.today)  # one that is not there is said before anything is opened
    with writing(asked.root) as ledger:
        workspace = workspace.closing(Closings(ledger).periods)
        period = workspace.period(asked.period, asked.today)
        worked = quarters(workspace, asked, taken(ledger, ledger.submissions()))
        yield workspace, worked[period.key], ledger


def _refuse_faults(workspace: Workspace, today: date) -> None:
    stops = [f for f in workspaces.register_faults(workspace, today) if f.severity is Severity.STOP]
    if stops:
        more = f" There are {len(stops) - 1} more: run workflow check." if len(stops) > 1 else ""
        raise WorkflowError(f"The register must be put right before templates go out. {stops[0].message}{more}")


def _template(workspace: Workspace, quarter: Quarter, partner: str, today: date) -> tuple[Made, post.Attachment]:
    made = template_for(workspace, quarter, partner, today)
    return made, post.Attachment(f"{partner}-{quarter.period.key}.xlsx", made.data)


def _remember(ledger: Ledger, made: Made, partner: str, when: tuple[str, date]) -> None:
    with ledger.transaction():
        ledger.add_issue(Issue(made.issue, partner, when[0], "template", when[1].isoformat()), made.cells)


def _named(only: tuple[str, ...], register: Register, today: date) -> tuple[str, ...]:
    """The ids of the partners named, by any name that they go by; each once."""
    names = Names.of(register, today)
    for name in only:
        if not names.find(name):
            near = names.near(name)
            raise WorkflowError(
                f"There is no partner {name} on the register. It has {', '.join(p.id for p in register.partners)}."
                + (f" Did you mean {near}?" if near else "")
            )
    return tuple(dict.fromkeys(names.find(name) for name in only))
