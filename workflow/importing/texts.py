"""What texts mean: dates, statuses, cells that point elsewhere, figures. Each reading says how sure it is and what to ask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow import fields, promises
from workflow.fields.personal import MASKS
from workflow.importing.cells import Reading
from workflow.importing.drafts import Draft
from workflow.model import Cell, CellType, Confidence, Field, Value

_HERE = re.compile(r"\b(?:published|available|found|seen?|read|details?|link|more)\s+here\b|\bhere\s*\.(?:\s|$)", re.IGNORECASE)
_POINTING = ("title", "detail", "opening_progress", "monitoring")  # the columns in which a cell may mean another's text
_NAMES = {"title": "Recommendation", "detail": "Action", "opening_progress": "Progress", "monitoring": "Monitoring"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text, as the values of a measure."""

    title: str
    sentence: str
    values: Mapping[str, Value] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    doubt: float = 0.5


@dataclass(frozen=True)
class Texts:
    """Reads texts as of a day."""

    today: date

    def prose(self, draft: Draft, name: str, text: str) -> None:
        """A text as the value of a field, without footnote marks and page furniture, which are shown beside it; with questions
        about what should not stand there."""
        told = promises.strip_marks(text)
        draft.put(name, told.text)
        taken = [a.text for a in told.asides if a.taken and a.kind != "bullet"]
        if taken:
            draft.say("Taken out of its text", ", ".join(taken))
        for note in (a.text for a in told.asides if not a.taken):
            draft.ask(f'Its text has what looks like a drafting note: "{note[:80]}". Should it stay?')
        kinds = list(dict.fromkeys(MASKS.get(hit.kind, hit.kind) for hit in fields.find_personal(told.text)))
        if kinds:
            article = "an" if kinds[0][0] in "aeiouN" else "a"
            draft.ask(f"Its text has {article} {fields.listed(kinds, 'and')}. Take it out, if it should not be printed.")
        if _HERE.search(told.text):
            draft.ask('Its text has a link of which only the word "here" is left. Where does it lead?')

    def tidied(self, draft: Draft) -> None:
        """The texts of an entry of a list, each as `prose` has it."""
        for name in ("title", "opening_progress", "opening_outcome"):
            if text := draft.text(name):
                self.prose(draft, name, text)

    def progress(self, draft: Draft) -> None:
        """What the words of a row's progress say of how far it is: told, and asked about where its colour says otherwise."""
        text = draft.text("opening_progress")
        if not text or draft.text("opening_status"):
            return
        told = promises.status_of(text, rag=draft.text("opening_rag"))
        if told.confidence is Confidence.CHECK and told.status and told.asked:
            draft.ask(told.asked)
        elif told.status:
            draft.say("Its words read as", told.status)

    def day(self, text: str, value: Value | None) -> Reading:
        """A date as people write it."""
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return Reading(value)
        told = promises.read_due(text, self.today)
        return Reading(told.day, told.confidence, told.asked)

    def status(self, text: str) -> Reading:
        """The status that words tell, where they are none of our own."""
        told = promises.status_of(text)
        if told.status and not told.asked:
            asked = f'The status is written "{text[:60]}" and was read as {told.status}. Is that right?'
            return Reading(told.status, Confidence.LIKELY, asked)
        return Reading(None, Confidence.CHECK, f'The status is written "{text[:60]}". Which is it?')

    def typed(self, f: Field, text: str, unit: str = "") -> Reading:
        """Any other field, read as the register reads it."""
        parsed = fields.parse(f, Cell(1, 1, CellType.TEXT, text), unit=unit, today=self.today)
        if parsed.value is None:
            return Reading(None, Confidence.CHECK, f'{f.heading} is written "{text[:60]}". What should it be?')
        return Reading(parsed.value, Confidence.LIKELY if parsed.problem else Confidence.SURE)

    def figures(self, text: str) -> Sequence[Figure]:
        """The numbers of a text that could be measures."""
        return [_figure(text, found) for found in promises.find_figures(text, self.today)] if text else []

    def resolve(self, drafts: Sequence[Draft], headings: Mapping[str, str]) -> None:
        """Put the text that is meant where a cell says "As above", and the words that siblings share before each of them."""
        self._stems(drafts)
        for name in _POINTING:
            rows = [
                promises.RowText(
                    d.text(name), d.text("ref"),
                    {headings.get(n) or _NAMES[n]: d.text(n) for n in _POINTING if n != name and d.text(n)},
                )
                for d in drafts
            ]  # fmt: skip
            for draft, meant in zip(drafts, promises.resolve(rows), strict=True):
                if meant.text != meant.written:
                    draft.say(headings.get(name) or _NAMES[name], meant.written)
                    draft.say("Its text was taken from", meant.source)
                    draft.put(name, meant.text)
                if meant.text != meant.written or meant.asked:
                    draft.doubted(meant.confidence, meant.asked)

    def _stems(self, drafts: Sequence[Draft]) -> None:
        rows = [promises.RowText(d.text("title"), d.text("ref")) for d in drafts]
        for draft, own in zip(drafts, promises.share_stems(rows), strict=True):
            if own.stem:
                draft.put("stem", own.stem)
                draft.put("title", own.text)
                draft.say("Its opening words are those of", f"{own.mark} {drafts[own.row].text('ref')}".strip())
                draft.doubted(own.confidence)


_LONGEST_LABEL = 100
_UNITS = {"per cent": "%", "per 1,000": "rate per 1,000", "£": "£"}


def _figure(text: str, found: promises.FigureFound) -> Figure:
    """A number in a text as a measure: what it is called, with unit and period where the text gives them."""
    values: dict[str, Value] = {"unit": "rank" if found.kind == "rank" else _UNITS.get(found.unit, "number")}
    values["target" if found.kind == "target" else "opening_value"] = found.value
    places = -int(found.value.normalize().as_tuple().exponent)
    values["decimals"] = max(0, min(places, 4))
    if found.period and len(found.period.kinds) == 1:
        values["period_type"] = found.period.kinds[0]
    ends = {s.end for s in found.period.readings if s.end} if found.period else set()
    if len(ends) == 1:
        values["opening_period_end"] = fields.month_end(ends.pop())
    told = [f"as written: {found.written}", f"kind: {found.kind}", f"period: {found.period_text or 'not given'}"]
    told += ["the earlier value of a comparison"] if found.earlier else []
    told += ["a bound or an estimate"] if found.about else []
    asked = (found.asked,) if found.asked else ()
    doubt = 0.9 if found.asked else 0.5
    return Figure(_label(found, text), f"{_sentence(text, found)} ({'; '.join(told)})", values, asked, doubt)


def _label(found: promises.FigureFound, text: str) -> str:
    label = " ".join(found.label.split())
    return f"{label[:1].upper()}{label[1:]}" if len(label.split()) > 2 else _sentence(text, found)[:_LONGEST_LABEL]


def _sentence(text: str, found: promises.FigureFound) -> str:
    """The sentence that a number stands in."""
    before = max(text.rfind(stop, 0, found.start) for stop in (". ", "\n", "? ", "! "))
    after = [at for stop in (". ", "\n", "? ", "! ") if (at := text.find(stop, found.end)) >= 0]
    return " ".join(text[before + 1 : min(after, default=len(text)) + 1].split())
