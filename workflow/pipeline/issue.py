"""Issue: one return template per partner and its covering email; and the reminders that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from workflow import items, post
from workflow.errors import WorkflowError
from workflow.ledger import Issue, Ledger
from workflow.model import Partner, Period, Register, Severity
from workflow.names import Names
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.book import Made, template_for
from workflow.pipeline.closings import Closings
from workflow.pipeline.mail import Mailer
from workflow.pipeline.press import Press
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.state import Asked, quarters, taken, writing
from workflow.pipeline.workspace import CLOSED, Workspace

_BATCH = 100  # partners whose files are made, and remembered, before they are written: more would fill the memory


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
        wanted = _named(only, workspace.register, asked.today) or tuple(quarter.given)
        found = (workspace.register.partner(partner) for partner in wanted)
        partners = [p for p in found if p and items.owes_rows(quarter.given.get(p.id, {}))]
        mailer = Mailer(workspace, quarter, asked.today)
        written: list[str] = []
        notes: list[str] = []
        with Press(len(partners)) as press:
            for start in range(0, len(partners), _BATCH):
                some = partners[start : start + _BATCH]
                made = [template_for(workspace, quarter, p.id, asked.today, press) for p in some]
                _remember(ledger, zip(some, made, strict=True), (quarter.period.key, asked.today))
                files: dict[str, bytes] = {}
                for partner, template in zip(some, made, strict=True):
                    attachment = _attachment(template, partner, quarter)
                    files[f"outbox/{quarter.period.key}/templates/{attachment.name}"] = attachment.data
                    files.update(mailer.issue(partner, template.rows, attachment))
                emitted = emit.write(asked.root, files, asked.today, ledger)
                written += emitted.written
                notes += emitted.notes
    return Issued(quarter.period, tuple(p.name for p in partners), tuple(written), tuple(notes))


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
                made = template_for(workspace, quarter, partner.id, asked.today)
                attachment = _attachment(made, partner, quarter)
                _remember(ledger, [(partner, made)], (quarter.period.key, asked.today))
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


def _attachment(made: Made, partner: Partner, quarter: Quarter) -> post.Attachment:
    return post.Attachment(f"{partner.id}-{quarter.period.key}.xlsx", made.data)


def _remember(ledger: Ledger, sent: Iterable[tuple[Partner, Made]], when: tuple[str, date]) -> None:
    """Keep what the workbooks show, before any of them goes out: the base of what comes back in them."""
    with ledger.transaction():
        for partner, made in sent:
            ledger.add_issue(Issue(made.issue, partner.id, when[0], "template", when[1].isoformat()), made.cells)


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
