"""What the last run said, and on what grounds: the same question on the same grounds has the same answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from workflow.ledger.codec import as_json


@dataclass(frozen=True, slots=True)
class Said:
    """What a run said. `files` are the outputs that stood then, by path, each with the hash of its bytes."""

    origin: str  # the hashes of all that the answer rests on: its grounds, and the inbox
    text: str  # for the screen
    full: str  # the same with every word, for -v
    result: Mapping[str, object]  # the verdict, for --json
    needs_person: bool
    files: Mapping[str, str]

    @property
    def grounds(self) -> str:
        """The hash of all that it rests on but the inbox."""
        return self.origin.partition(" ")[0]


class Sayings:
    """The table of the ledger, on its own connection. It only grows; `workflow purge` empties it."""

    def __init__(self, db: sqlite3.Connection, sound: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._sound = sound

    def last(self, asked: str) -> Said | None:
        """The last answer to a question; None where there was none."""
        row = self._db.execute(
            "SELECT origin, words, files FROM said WHERE asked = ? ORDER BY id DESC LIMIT 1", (asked,)
        ).fetchone()
        if row is None:
            return None
        with self._sound():
            words = json.loads(row[1])
            return Said(row[0], words["text"], words["full"], words["result"], words["needs_person"], json.loads(row[2]))

    def add(self, asked: str, said: Said) -> None:
        """Keep an answer, inside a transaction; not twice."""
        if self.last(asked) == said:
            return
        words = {"text": said.text, "full": said.full, "result": said.result, "needs_person": said.needs_person}
        self._db.execute(
            "INSERT INTO said (asked, origin, words, files) VALUES (?, ?, ?, ?)",
            (asked, said.origin, json.dumps(words, ensure_ascii=False), as_json(dict(said.files))),
        )
