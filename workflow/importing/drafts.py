"""One row being put together from the cells of an old table, until it is proposed."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow.importing.listed import Entry
from workflow.importing.values import TAKE, Proposal, Written
from workflow.model import Confidence, SourceCell, Value

NO_TITLE = "Nothing says what this row is about. Enter its title, or leave the row out."


@dataclass
class Draft:
    """The values so far, with how sure they are, what to ask, what the file says and the cells it comes from."""

    values: dict[str, Value] = field(default_factory=dict)
    confidence: Confidence = Confidence.SURE
    doubt: float = 0.0
    asked: list[str] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    cells: list[SourceCell] = field(default_factory=list)
    theme: tuple[str, tuple[SourceCell, ...]] = ("", ())  # as the file writes it, and where
    listed: bool = False  # an entry of a list in a cell

    def put(self, name: str, value: Value | None) -> None:
        """A value; blanks are no values."""
        if value is not None and value != "":
            self.values[name] = value

    def doubted(self, confidence: Confidence, asked: str = "") -> None:
        """Something of it is less sure."""
        self.confidence = max(self.confidence, confidence, key=lambda c: c.doubt)
        self.ask(asked)

    def ask(self, asked: str) -> None:
        """Something that only a person can say."""
        if asked and asked not in self.asked:
            self.asked.append(asked)

    def say(self, heading: str, text: str) -> None:
        """What the file says."""
        if text and Written(heading, text) not in self.written:
            self.written.append(Written(heading, text))

    def add(self, *cells: SourceCell) -> None:
        """Where it comes from, each cell once."""
        self.cells += [c for c in dict.fromkeys(cells) if c not in self.cells]

    def text(self, name: str) -> str:
        """A value as text."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def entry(self, entry: Entry) -> Draft:
        """One entry of a list that this row's cells hold; what the other cells say goes for each."""
        made = Draft(
            {**self.values, **entry.values}, self.confidence, max(self.doubt, entry.doubt), list(self.asked),
            [*self.written, *entry.written], list(self.cells), self.theme, listed=True,
        )  # fmt: skip
        for name in ("title", "opening_progress", "opening_outcome"):
            if name not in entry.values:
                made.values.pop(name, None)
        made.doubted(entry.confidence)
        for asked in entry.asked:
            made.ask(asked)
        return made

    def proposal(self, sheet: str) -> Proposal:
        """The row as it is proposed. What a person must look at first has no decision yet."""
        if not self.text("title"):
            self.doubted(Confidence.CHECK if not self.listed else self.confidence, "" if self.listed else NO_TITLE)
        settled = self.confidence is not Confidence.CHECK and bool(self.text("title"))
        return Proposal(
            sheet, dict(self.values), self.confidence, tuple(self.asked), tuple(self.written), tuple(self.cells),
            TAKE if settled else "", doubt=self.doubt,
        )  # fmt: skip
