"""One TOML table, read key by key with its type; what is wrong is gathered as findings that name file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from workflow import fields
from workflow.model import Finding, Place
from workflow.wording import finding


def place_of(path: Path) -> Place:
    """A file as people find it in a workspace: `templates/returns/actions.toml`, `config/workflow.toml`."""
    parts = path.parts[-3:] if path.parent.parent.name == "templates" else path.parts[-2:]
    return Place("/".join(parts))


class Table:
    """One table of a TOML file. `faults` is shared by all the tables of a file."""

    def __init__(self, data: dict[str, Any], place: Place, faults: list[Finding], heading: str = "") -> None:
        self.data = data
        self.place = place
        self.faults = faults
        self.heading = heading

    def called(self, heading: str) -> None:
        """What messages call this table: "field rag"."""
        self.heading = heading

    def fault(self, code: str, found: str = "", suggestion: str = "", **words: object) -> None:
        """Note one fault of this table."""
        self.faults.append(
            finding(
                code, [self.place], heading=self.heading, item="", partner="", period="", items=(), form="",
                field=self.heading.removeprefix("field "), found=found, suggestion=suggestion, **words,
            )
        )

    def only(self, known: Iterable[str], code: str = "toml-key-unknown") -> None:
        """Report the keys that are not known here, with the nearest known one."""
        names = sorted(known)
        for key in self.data:
            if key not in names:
                self.fault(code, key, fields.near(key, names), expected=", ".join(names))

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text value; a fault where it is another type, or missing or blank though required."""
        value = self.data.get(key)
        if isinstance(value, str) and (value.strip() or not required):
            return value
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.fault("toml-key-missing", key=key)
            return default
        self._wrong(key, value, "text in quotation marks")
        return default

    def word(self, key: str, words: Sequence[str], default: str, *, required: bool = False) -> str:
        """One of a few words; a fault with the nearest one otherwise."""
        value = self.text(key, required=required) or default
        if value not in words:
            self.fault("toml-word", value, fields.near(value, [str(w) for w in words]), key=key, expected=", ".join(words))
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        value = self.data.get(key, [])
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self._wrong(key, value, "a list of texts, like [\"one\", \"two\"]")
        return ()

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self._wrong(key, value, "true or false")
        return default

    def whole(self, key: str, default: int = 0) -> int:
        """A whole number of zero or more."""
        value = self.data.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._wrong(key, value, "a whole number of 0 or more")
        return default

    def one_or_more(self, key: str, default: int) -> int:
        """A whole number of one or more; `default` where it is none, which is a fault."""
        given = self.whole(key, default)
        if given == 0:
            self.fault("toml-type", "0", key=key, expected="a whole number of 1 or more")
        return given or default

    def number(self, key: str, default: float | None = None) -> float | None:
        """Any number; `default` where the key is missing."""
        value = self.data.get(key, default)
        if value is default or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self._wrong(key, value, "a number")
        return default

    def table(self, key: str) -> Table:
        """A table inside this one; an empty one where it is missing."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self._wrong(key, value, f"a table that starts with [{key}]")
            value = {}
        return Table(value, self.place, self.faults, key)

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables ([[field]], [[rule]]); empty where the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self._wrong(key, value, f"tables that start with [[{key}]]")
            value = []
        return tuple(Table(v, self.place, self.faults, self.heading or key) for v in value)

    def _wrong(self, key: str, value: object, expected: str) -> None:
        self.fault("toml-type", str(value), key=key, expected=expected)


def read_text(path: Path, faults: list[Finding]) -> str | None:
    """What stands in a TOML file; None, and a finding, where it cannot be read as text."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(_unreadable(place_of(path), error))
        return None


def parse_toml(text: str, place: Place, faults: list[Finding]) -> Table | None:
    """TOML as its outermost table; None, and a finding, where it is none."""
    try:
        return Table(tomllib.loads(text), place, faults)
    except tomllib.TOMLDecodeError as error:
        faults.append(_unreadable(place, error))
        return None


def read_toml(path: Path, faults: list[Finding]) -> Table | None:
    """A TOML file as its outermost table; None, and a finding, where it cannot be read."""
    text = read_text(path, faults)
    return None if text is None else parse_toml(text, place_of(path), faults)


def _unreadable(place: Place, error: OSError | ValueError) -> Finding:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return finding("toml-unreadable", [place], why=why or type(error).__name__)
