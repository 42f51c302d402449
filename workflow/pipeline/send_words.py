"""What `workflow send` says of letters that did not simply go: which, what happened, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflow.fields import show
from workflow.ledger import SENT, Attempt
from workflow.post.sending import Ended


def day_of(attempt: Attempt) -> str:
    """The day of an attempt, as people write it."""
    return show(date.fromisoformat(attempt.today))


def before(attempt: Attempt) -> str:
    """What stands beside a letter in the list where one went from the same place."""
    return f"one {'went' if attempt.state == SENT else 'may have gone'} on {day_of(attempt)}"


def unknown(name: str, attempt: Attempt) -> str:
    """An earlier attempt has no end."""
    return f"{name} may have gone on {day_of(attempt)}: it was begun, and nobody knows how it ended. {_either(name)}"


def changed(drafts: Sequence[tuple[str, Attempt]]) -> str:
    """Drafts that changed after they went, in one sentence: most often one cause, a run on another day, is behind many."""
    if len(drafts) == 1:
        name, attempt = drafts[0]
        return (
            f"{name} was sent before on {day_of(attempt)} and has changed since, so it was left out. To send it as it is now, "
            f"run workflow send --again {_quoted(name)}."
        )
    days: dict[str, list[str]] = {}
    for name, attempt in drafts:
        days.setdefault(day_of(attempt), []).append(name)
    listed = "; ".join(f"on {day} {', '.join(names)}" for day, names in days.items())
    return (
        f"{len(drafts)} drafts were sent before and have changed since, so they were left out: {listed}. To send one as it is "
        "now, run workflow send --again with its name."
    )


def ended(name: str, how: Ended) -> list[str]:
    """How an attempt ended that needs a person; nothing where it simply went."""
    if how.state == "failed":
        return [f"{name} was not sent: {how.words.rstrip('.')}. The next run tries again."]
    if how.state == "sent":
        return [
            f"{name} went, but not to {one} ({words}). Correct the address in config/register.xlsx, or reach them another way."
            for one, words in how.refused
        ]
    return [f"{name} may have gone: {how.words} {_either(name)}"]


def left(number: int) -> str:
    """How many letters nobody tried to send."""
    return f"{number} letter{' was' if number == 1 else 's were'} not tried; run workflow send again."


def _either(name: str) -> str:
    return (
        f"Look in the Sent folder of your mail program. If it is there, run workflow send --sent {_quoted(name)}; if not, "
        f"workflow send --again {_quoted(name)}."
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
