"""Faults of texts, made from the forms themselves: each rule about words broken in every box that a form names for it.

The texts stand in `texts.toml`. A form that names one of these rules for another box is seeded there without a line here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import ascii_uppercase

from tests.faults.answers import ABOUT, Typed, boxes, clean
from tests.faults.cells import Home, homes_of
from tests.faults.desk import workspace
from tests.faults.model import NOTE, QUERY, STOP, Fault, fault
from tests.faults.rows import POLICE, Q4
from tests.faults.ruled import SAFE, STATUS, WHY, box, one, was
from workflow import rules
from workflow.model import Kind, Severity


@dataclass(frozen=True)
class Said:
    """A text that breaks a rule, one that just does not, and, where that is another, one that does what the message says."""

    code: str
    v: str
    text: str
    near: str
    severity: Severity
    remedy: str = ""

    @classmethod
    def of(cls, said: dict[str, str]) -> Said:
        """One entry of the file; a query unless it says otherwise."""
        severity = Severity(said.get("severity", "query"))
        return cls(said["code"], said["v"], said["text"], said["near"], severity, said.get("remedy", ""))


_FILE = tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))
HARMLESS: dict[str, str] = _FILE.pop("nothing-wrong")
_TEXTS: dict[str, tuple[Said, ...]] = {name: tuple(Said.of(said) for said in each) for name, each in _FILE.items()}


def text_faults() -> Iterator[Fault]:
    """Each rule about words in every box that a form names for it; its second way of being broken in the first box only."""
    done: set[str] = set()
    for form in workspace().forms.values():
        for use in form.rules:
            named = "text" if use.name == "ranks" else "field"
            for field in rules.names(use.params, named) if use.name in _TEXTS else ():
                home = _printed(homes_of(form.name, field))
                first, *more = _TEXTS[use.name]
                yield _text(home, first)
                for said in more:
                    if said.text not in done:
                        done.add(said.text)
                        yield _text(home, said, " otherwise" if said.code == first.code else "")


def _printed(found: list[Home]) -> Home:
    """The home in a row that may be published, if there is one in the same quarter."""
    return next((h for h in found if not _withheld(h) and h.period == found[0].period), found[0])


def _withheld(home: Home) -> bool:
    return clean(POLICE, home.period).get((*home.box[:2], SAFE)) in ("No", "Part 2")


def _text(home: Home, said: Said, otherwise: str = "") -> Fault:
    sheet, key, _ = home.box
    printed: Typed = {(sheet, key, SAFE): None, (sheet, key, WHY): None} if _withheld(home) else {}
    # An abbreviation is asked about once for a partner: each sheet has one of its own.
    text, near, mended = (t.replace("QZTX", f"Q{_letter(sheet)}TX") for t in (said.text, said.near, said.remedy or said.near))
    return fault(
        f"{home.form.name}-{home.field.name}-{said.code}{otherwise}", said.v, said.code, said.severity, home.box,
        typed={**printed, home.box: text}, near={**printed, home.box: near}, remedy={home.box: mended}, period=home.period,
    )  # fmt: skip


def _letter(sheet: str) -> str:
    return ascii_uppercase[[form.sheet for form in workspace().forms.values()].index(sheet)]


def status_faults() -> Iterator[Fault]:
    """V07: what the text says of a row is not what its status or RAG says; V28: a reason without its paragraph."""
    for row, status, said, near in (
        (
            "A-1.1",
            "On track",
            "The launch at the hospitals is delayed by a month.",
            "The launch at the hospitals is no longer delayed.",
        ),
        (
            "A-1.2",
            "On track",
            "Checks of the evening rota are still outstanding.",
            "Checks of the evening rota were outstanding but have now been made and resolved.",
        ),
        (
            "A-1.4",
            "Complete",
            "The form is in use, and the work will continue next year.",
            "The form is in use and its use is monitored.",
        ),
        ("A-2.3", "At risk", "This action is now complete.", "This action is nearly complete."),
        ("C-1", "On track", "We are unable to find a place for the stalls.", "We were able to find a place for the stalls."),
    ):
        place, text = box(row, STATUS), box(row, "Progress this quarter")
        yield fault(
            f"{row}-{status}-but-says-otherwise", "V07", "text-status-disagree", QUERY, place, typed={text: said},
            near={text: near}, remedy={text: near},
        )  # fmt: skip
    for sheet, key in (("Actions", "A-2.2"), ("Commitments", "C-4"), ("Indicators", "I-1"), ("Issues", "NEW-01")):
        reason = (sheet, key, WHY)
        exempt = {(sheet, key, SAFE): "Part 2"}
        yield fault(
            f"{sheet}-no-paragraph", "V28", "paragraph-missing", QUERY, reason,
            typed={**exempt, reason: "Commercially sensitive"},
            near={**exempt, reason: "Para 3: prices"}, remedy={reason: "Paragraph 3"},
        )  # fmt: skip


# --- leads


def lead_faults() -> Iterator[Fault]:
    """V22: who leads a new row: nobody we know, under an old name, or an agency that is none any more."""
    new = boxes(
        "Actions", "NEW-01", Recommendation="A shared rota for the weekends", Due_date=date(2024, 9, 30),
        Status_now="Not started", RAG_now="Amber", Progress_this_quarter="The idea came up at the board and was welcomed.",
    )  # fmt: skip
    lead = ("Actions", "NEW-01", "Lead")
    for name, code, said in (
        ("lead-nobody-knows", "lead-unknown", "Harbour Watch"),
        ("lead-under-an-old-name", "lead-renamed", "Clinical Commissioning Group"),
        ("lead-that-closed", "lead-closed", "Probation Trust"),
    ):  # fmt: skip
        yield fault(
            f"new-{name}", "V22", code, NOTE, lead, typed={**new, lead: said}, near={**new, lead: "YOT and Housing"},
            remedy={lead: "Housing Service"},
        )  # fmt: skip
        place = ("Next year", "NEW-01", "Accountable lead")
        yield fault(
            f"next-{name}", "V22", code, NOTE, place, typed={place: said}, near={place: "YOS"}, period=Q4, remedy=was(place, Q4)
        )


# --- personal data: every value is put together here, and is nobody's


def _nhs() -> str:
    """A number that passes Modulus 11, in the usual grouping."""
    nine = "943476591"
    last = next(d for d in "0123456789" if sum(int(c) * w for c, w in zip(nine + d, range(10, 0, -1), strict=True)) % 11 == 0)
    return f"{nine[:3]} {nine[3:6]} {nine[6:]}{last}"


_TITLE = "M" + "rs"
_SURE = {
    "nhs-number": f"The panel spoke of NHS number {_nhs()} in December.",
    "phone": "Ring " + "07700 900" + "123" + " for a place on the course.",
    "postcode": "The stall stood at " + "SS" + "99 9AA" + " all day and was busy.",
    "email": "Write to " + "a.resident" + "@home.example" + " for the list.",
    "birthday": "The date of birth given was " + "01/02/" + "2008" + ", which helped.",
    "national-insurance": "The number " + "AB" + "123456" + "C" + " was passed on in time.",
}
_LIKELY = {
    "name": f"{_TITLE} {'Exam' + 'ple'} spoke at the stall and was thanked.",
    "initials": "The panel talked about " + "QX" + " (15) in December.",
}
# The same, each with that taken out and what the message names put in its place.
_TAKEN_OUT = {
    "nhs-number": "The panel spoke of a resident in December.",
    "phone": "Ring the team for a place on the course.",
    "postcode": "The stall stood in the area by the harbour all day and was busy.",
    "email": "Write to the team for the list.",
    "birthday": "The date of birth of a resident was given, which helped.",
    "national-insurance": "The number of a resident was passed on in time.",
    "name": "The post holder spoke at the stall and was thanked.",
    "initials": "The panel talked about a young person in December.",
}
_HARMLESS = "Reference 4500123456 of 12/12/2023, room S99, extension 123: the stall was busy."


def personal_faults() -> Iterator[Fault]:
    """V21: personal data in a text, every kind on one form and one kind on every other."""
    progress = box("A-1.1", "Progress this quarter")
    for kinds, code, severity in ((_SURE, "personal-data", STOP), (_LIKELY, "personal-data-likely", QUERY)):
        for name, text in kinds.items():
            near, mended = {progress: _HARMLESS}, {progress: _TAKEN_OUT[name]}
            yield fault(f"personal-{name}", "V21", code, severity, progress, typed={progress: text}, near=near, remedy=mended)
    for form in workspace().forms.values():
        passed = {name for use in form.rules if use.name == "personal-data" for name in rules.names(use.params, "contacts")}
        asked = any(use.name == "personal-data" for use in form.rules)
        texts = [f for f in form.answers if f.kind in (Kind.TEXT, Kind.LONG_TEXT) and f.name not in passed]
        if asked and texts and form.name != "actions":
            home = homes_of(form.name, texts[0].name)[0]
            yield fault(
                f"{form.name}-personal-data", "V21", "personal-data", STOP, home.box, typed={home.box: _SURE["nhs-number"]},
                near={home.box: "Post of Partnership Analyst, room 12"} if home.box[0] == ABOUT else None,
                remedy={home.box: home.value}, period=home.period,
            )  # fmt: skip
    comments = (ABOUT, "", "Comments to the coordinator")
    yield fault(
        "personal-data-in-comments", "V21", "personal-data", STOP, comments, typed={comments: _SURE["nhs-number"]},
        near={comments: "Ring " + "07700 900" + "123" + " on Mondays."}, remedy=was(comments),
    )  # fmt: skip


# --- dates, once more


def plan_faults() -> Iterator[Fault]:
    """V11: dates more than three years outside the plan; V10: a date moved a second time."""
    for place, typed, near in (
        (box("A-1.3", "Proposed new due date"), date(2028, 4, 1), date(2028, 3, 31)),
        (box("A-1.4", "Completed on"), date(2020, 3, 31), date(2020, 4, 1)),
        (("Issues", "NEW-02", "Deadline"), date(2028, 3, 29), date(2026, 12, 31)),
        (("Activities", "NEW-01", "Month"), "Nov 2018", "Nov 2020"),
    ):
        yield one(f"{place[1]}-{place[2]}-outside-the-plan", "V11", "date-outside-plan", place, typed, near={place: near})
    ends = ("Next year", "NEW-01", "End")
    yield one(
        "ends-outside-the-plan", "V11", "date-outside-plan", ends, date(2029, 4, 1), near={ends: date(2026, 3, 31)}, period=Q4
    )
    moved, wanted = box("A-2.3", "Proposed new due date"), box("A-2.3", "Help needed from the board")
    again = {moved: date(2024, 9, 30)}
    yield fault(
        "moved-a-second-time", "V10", "date-moved-again", QUERY, moved, typed=again,
        near={**again, wanted: "Agree to the new date."}, remedy={wanted: "Agree to the new date."},
    )  # fmt: skip


def worded_faults() -> Iterator[Fault]:
    """Everything of this module."""
    for some in (text_faults, status_faults, lead_faults, personal_faults, plan_faults):
        yield from some()
