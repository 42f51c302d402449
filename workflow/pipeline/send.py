"""Send: the drafts of a period, to the people whom the register names, each letter once.

What is to go is worked out first and shown (`plan`); only then is anything sent (`send`). Each attempt is in the ledger before
it is made, and its end after the server has spoken: killed between the two, the next run says so instead of sending again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath

from workflow import config
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import FAILED, SENT, Attempt, Ledger
from workflow.model import Period, Register
from workflow.pipeline import send_words
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.letters_sent import Case, Standing, standing, what_it_says
from workflow.pipeline.state import Asked, open_ledger, period_of, writing
from workflow.pipeline.workspace import SETTINGS, Workspace
from workflow.post import address, outgoing, secrets, sending

TO_PARTNERS = ("issue", "chaser", "receipt", "query", "thanks", "unreadable")
TO_BOARDS = ("board", "clerk")
KINDS = (*TO_PARTNERS, *TO_BOARDS)
_NAME = re.compile(rf"(?P<place>(?P<kind>{'|'.join(KINDS)})-(?P<who>.+?))(?: \(new \d{{4}}-\d\d-\d\d(?:, \d+)?\))?\.eml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: only some kinds; or only these drafts, whatever went before (`again`)."""

    kinds: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One draft that is ready to go. `note` says that another letter went from the same place before."""

    name: str
    kind: str
    subject: str
    files: tuple[str, ...]
    outgoing: outgoing.Outgoing
    attempt: Attempt
    last: int
    note: str = ""


@dataclass(slots=True)
class Plan:
    """What would be sent, how many letters went before, and sentences about those that need a person."""

    period: Period
    sender: str
    letters: list[Letter] = field(default_factory=list)
    gone: int = 0
    changed: list[tuple[str, Attempt]] = field(default_factory=list)  # drafts that changed after they went
    told: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What would be sent, to be shown before anybody is asked."""
        number = len(self.letters)
        before = f" {self.gone} went before." if self.gone else ""
        what = f"{number or 'no'} letter{'' if number == 1 else 's'} to send from {self.sender}"
        lines = [f"{self.period.label}: {what}.{before}"]
        for letter in self.letters:
            extra = "".join(f" [{name}]" for name in letter.files) + (f" ({letter.note})" if letter.note else "")
            lines.append(f"  {letter.kind:<10} {', '.join(letter.outgoing.recipients)}: {letter.subject}{extra}")
        return lines


@dataclass(slots=True)
class Sent:
    """What was sent, and sentences about what needs a person."""

    sent: int = 0
    told: list[str] = field(default_factory=list)


def plan(asked: Asked, wanted: Wanted) -> Plan:
    """What is to go. Nothing is sent and nothing is recorded. Raises WorkflowError where nothing could be sent at all."""
    workspace = workspaces.load(asked.root)
    settings = _settings(workspace)
    now = datetime.now(UTC)
    outgoing.self_test(now)
    period = period_of(workspace, asked)
    made = Plan(period, settings.sender)
    drafts = _drafts(asked.root / "outbox" / period.key / "mail", made.told)
    chosen = _named(wanted.again, drafts, period)
    with open_ledger(asked.root) as ledger:
        for place, paths in drafts.items():
            some = [p for p in paths if not wanted.again or p.name in chosen]
            if some and (not wanted.kinds or _kind(place) in wanted.kinds):
                _Planning(workspace, settings, ledger, made, now).place(place, some, again=bool(wanted.again))
    if made.changed:
        made.told.append(send_words.changed(made.changed))
    return made


def send(asked: Asked, planned: Plan) -> Sent:
    """Send what was planned, one letter after another. Raises WorkflowError where the server cannot be had."""
    workspace = workspaces.load(asked.root)
    settings = _settings(workspace)
    done = Sent()
    secret = secrets.secret(settings.server)
    with writing(asked.root) as ledger, sending.connect(settings, secret) as post:
        for number, letter in enumerate(planned.letters):
            try:
                post.ready()
            except WorkflowError as error:
                done.told.append(f"{error} {send_words.left(len(planned.letters) - number)}")
                break
            attempt = replace(letter.attempt, today=asked.today.isoformat())
            if ledger.deliveries.begin(attempt, letter.last) is None:
                done.told.append(f"{letter.name} was left out: somebody else has begun to send it meanwhile.")
                continue
            ended = post.send(letter.outgoing)
            _record(ledger, attempt, ended)
            done.sent += ended.state == "sent"
            done.told += send_words.ended(letter.name, ended)
            if ended.lost and number + 1 < len(planned.letters):
                done.told.append(f"The connection was lost. {send_words.left(len(planned.letters) - number - 1)}")
                break
    return done


def by_hand(asked: Asked, names: Sequence[str]) -> list[str]:
    """Remember that these drafts were sent without us, so that they are not sent again. Returns their names."""
    workspace = workspaces.load(asked.root)
    period = period_of(workspace, asked)
    drafts = _drafts(asked.root / "outbox" / period.key / "mail", [])
    chosen = _named(names, drafts, period)
    with writing(asked.root) as ledger:
        for place, paths in drafts.items():
            for path in paths:
                if path.name in chosen:
                    read = _read(path, _file(place, period), ledger)
                    if not read.attempt.letter:
                        raise WorkflowError(f"{path.name}: {read.why}")
                    attempt = read.attempt
                    ledger.deliveries.by_hand(replace(attempt, today=asked.today.isoformat()))
    return sorted(chosen)


@dataclass(frozen=True, slots=True)
class _Read:
    """One file of the folder: what it says (None: it cannot be sent by us, `why`), and the attempt that it would be."""

    path: Path
    attempt: Attempt
    ours: bool
    draft: outgoing.Draft | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Planning:
    """Decides about one draft after another."""

    workspace: Workspace
    settings: config.Sending
    ledger: Ledger
    made: Plan
    now: datetime

    def place(self, place: str, paths: Sequence[Path], *, again: bool) -> None:
        """One letter to one partner or board: a draft, and perhaps newer ones that were put beside it."""
        file = _file(place, self.made.period)
        attempts = self.ledger.deliveries.attempts([file])[file]
        waiting: list[tuple[_Read, Standing]] = []
        for path in paths:
            read = _read(path, file, self.ledger)
            stands = standing(read.attempt.letter, attempts, ours=read.ours)
            if again:
                gone = [attempt for attempt in attempts if attempt.state != FAILED]
                stands = Standing(Case.ANEW, gone[-1]) if gone else Standing(Case.SEND)
            if stands.case is Case.GONE:
                self.made.gone += 1
            else:
                waiting.append((read, stands))
        if len(waiting) > 1:
            names = " and ".join(read.path.name for read, _ in waiting)
            self.made.told.append(f"There are several drafts of one letter: {names}. Delete those that are not to go.")
        elif waiting:
            self._decide(*waiting[0], attempts)

    def _decide(self, read: _Read, stands: Standing, attempts: Sequence[Attempt]) -> None:
        name = read.path.name
        match stands:
            case Standing(Case.UNKNOWN, Attempt() as last):
                told = send_words.unknown(name, last)
            case Standing(Case.CHANGED, Attempt() as last):
                self.made.changed.append((name, last))
                told = ""
            case _:
                why = read.why or self._unfit(name, read.draft)
                told = f"{name} was left out. {why}" if why else self._ready(read, stands, attempts)
        if told:
            self.made.told.append(told)

    def _ready(self, read: _Read, stands: Standing, attempts: Sequence[Attempt]) -> str:
        """Put a letter among those that are to go. Returns why not, where it cannot be made as it is meant."""
        name, draft = read.path.name, read.draft
        if draft is None:
            return ""
        attempt = _own_id(read.attempt, attempts)
        partnership = self.workspace.register.partnership
        try:
            out = outgoing.compose(
                replace(draft, message_id=attempt.message_id),
                self.settings.sender,
                partnership.reply_to or partnership.email,
                self.now,
            )
        except WorkflowError as error:
            return f"{name} was left out. {error}"
        note = send_words.before(stands.last) if stands.last is not None else ""
        files = tuple(file.name for file in draft.files)
        newest = attempts[-1].id if attempts else 0
        self.made.letters.append(Letter(name, _kind(name), draft.subject, files, out, attempt, newest, note))
        return ""

    def _unfit(self, name: str, draft: outgoing.Draft | None) -> str:
        """Why a draft may not go to whom it says: every address is one that the register gives for that partner or board."""
        match = _NAME.fullmatch(name)
        if match is None or draft is None:
            return ""
        allowed, called, where = _addresses(self.workspace.register, match["kind"], match["who"])
        if not called:
            return f"The register has no {match['who']} any more."
        if not draft.recipients:
            return f"It is addressed to nobody. Enter the address of {called} in config/register.xlsx, sheet {where}."
        foreign = [one for one in draft.recipients if one.casefold() not in allowed]
        if foreign:
            return (
                f"{' and '.join(foreign)} is not an address that the register gives for {called}. If it is right, enter it in "
                f"config/register.xlsx, sheet {where}; if not, take it out of the draft."
            )
        return ""


def _read(path: Path, file: str, ledger: Ledger) -> _Read:
    """A draft, with what is kept of it to know it again: of one that we cannot send ourselves, its bytes."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return _Read(path, Attempt(file, "", "", "", ""), ours=False, why=f"It cannot be read ({error.strerror}).")
    ours = ledger.wrote(file, hash_of(data))
    try:
        draft = outgoing.read_draft(data)
    except WorkflowError as error:
        return _Read(path, Attempt(file, "", "", "", hash_of(data)), ours, why=str(error))
    letter = what_it_says(draft.words, [(one.name, one.data) for one in draft.files])
    return _Read(path, Attempt(file, draft.message_id, "; ".join(draft.recipients), "", letter), ours, draft)


def _addresses(register: Register, kind: str, who: str) -> tuple[set[str], str, str]:
    """The addresses for a partner or board, its name ("" where the register has none such), and the sheet they stand on."""
    office = {register.partnership.email, register.partnership.reply_to}
    if kind in TO_BOARDS:
        boards = [b for b in register.boards if b.id == who]
        given, called, where = {b.email for b in boards}, boards[0].name if boards else "", "Boards"
    else:
        partner = register.partner(who)
        given = {c.email for c in register.contacts if c.partner == who}
        called, where = partner.name if partner else "", "Contacts"
    return {one.casefold() for one in given | office if one}, called, where


def _settings(workspace: Workspace) -> config.Sending:
    given = workspace.settings.sending
    if not given.server.host:
        raise WorkflowError(f"No mail server is set up. Fill in [sending] in {SETTINGS}; docs/mailbox.md says how.")
    try:
        address(given.sender)
    except WorkflowError as error:
        raise WorkflowError(f"from in [sending] of {SETTINGS} must be one plain address, like a@council.example.") from error
    authority = str(workspace.root / given.server.ca_file) if given.server.ca_file else ""
    return replace(given, server=replace(given.server, ca_file=authority))


def _drafts(folder: Path, told: list[str]) -> dict[str, list[Path]]:
    """The drafts of a folder by their place; what is there under another name is told."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.eml")):
        match = _NAME.fullmatch(path.name)
        if match:
            found.setdefault(match["place"], []).append(path)
        else:
            told.append(f"{path.name} was left out: it is not the name of a draft, which is <kind>-<partner or board>.eml.")
    return found


def _named(names: Sequence[str], drafts: dict[str, list[Path]], period: Period) -> set[str]:
    """The drafts that were named on the command line, with or without a folder and an ending."""
    known = {path.name for paths in drafts.values() for path in paths}
    chosen = set()
    for given in names:
        name = PurePath(given).name
        name = name if name.endswith(".eml") else f"{name}.eml"
        if name not in known:
            raise WorkflowError(f"There is no draft {name} in outbox/{period.key}/mail.")
        chosen.add(name)
    return chosen


def _own_id(attempt: Attempt, before: Sequence[Attempt]) -> Attempt:
    """With a Message-ID that no other letter had: whoever gets a second one under the same would never see it."""
    used = any(a.message_id == attempt.message_id and a.letter != attempt.letter for a in before)
    if attempt.message_id and not used:
        return attempt
    digest = hashlib.sha256(f"{attempt.file} {attempt.letter}".encode()).hexdigest()
    return replace(attempt, message_id=f"<{digest[:32]}@workflow.invalid>")


def _record(ledger: Ledger, attempt: Attempt, ended: sending.Ended) -> None:
    """The end of an attempt, where it is known."""
    if ended.state == "sent":
        ledger.deliveries.end(attempt, SENT, "; ".join(f"not to {one}: {words}" for one, words in ended.refused))
    elif ended.state == "failed":
        ledger.deliveries.end(attempt, FAILED, ended.words)


def _file(place: str, period: Period) -> str:
    return f"outbox/{period.key}/mail/{place}.eml"


def _kind(name: str) -> str:
    return name.partition("-")[0]
