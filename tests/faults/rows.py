"""The register of the fault set: four partners, enough rows of every form to go wrong in every way, and four quarters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from workflow import config, periods
from workflow.model import Value

Row = dict[str, Value]
Q1, Q2, Q3, Q4 = "2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"
QUARTERS = (Q1, Q2, Q3, Q4)
POLICE, HOUSING, YOS, ICB = PARTNERS = ("police", "housing", "yos", "icb")

# start, end, issued, due, papers
_DAYS = {
    Q1: (date(2023, 4, 1), date(2023, 6, 30), date(2023, 7, 3), date(2023, 7, 21), date(2023, 8, 1)),
    Q2: (date(2023, 7, 1), date(2023, 9, 30), date(2023, 10, 2), date(2023, 10, 20), date(2023, 11, 1)),
    Q3: (date(2023, 10, 1), date(2023, 12, 31), date(2024, 1, 3), date(2024, 1, 19), date(2024, 2, 1)),
    Q4: (date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 2), date(2024, 4, 19), date(2024, 5, 1)),
}
ISSUED = {key: days[2] for key, days in _DAYS.items()}
DUE = {key: days[3] for key, days in _DAYS.items()}
# The day a return comes, and the day the coordinator runs the quarter.
RECEIVED = {Q1: date(2023, 7, 18), Q2: date(2023, 10, 17), Q3: date(2024, 1, 16), Q4: date(2024, 4, 16)}
TODAY = {Q1: date(2023, 7, 24), Q2: date(2023, 10, 23), Q3: date(2024, 1, 22), Q4: date(2024, 4, 22)}


def _action(ref: str, lead: str, title: str, due: date, **more: Value) -> Row:
    opening: Row = {
        "opening_status": "On track",
        "opening_rag": "Amber",
        "opening_progress": f"Agreed and begun: {title.lower()}.",
    }
    return {
        "key": f"A-{ref}", "form": "actions", "plan": "REVIEW", "theme": f"R{ref[0]}", "ref": ref, "title": title,
        "detail": f"Set up and run: {title.lower()}", "lead": lead, "start": date(2023, 4, 1), "due": due, **opening, **more,
    }  # fmt: skip


def _commitment(ref: str, lead: str, title: str, due: date = date(2024, 9, 30)) -> Row:
    return {
        "key": ref, "form": "commitments", "plan": "DELIVERY", "theme": "D1", "ref": ref, "title": title, "lead": lead,
        "due": due, "year": "2023/24",
    }  # fmt: skip


def _measure(key: str, lead: str, title: str, kind: str, **more: Value) -> Row:
    usual: Row = {"unit": "number", "counts": "things", "decimals": 0, "polarity": "Higher is better"}
    return {
        "key": key, "form": "measures", "plan": "DELIVERY", "theme": "D2", "title": title, "lead": lead, "period_type": kind,
        **usual, **more,
    }  # fmt: skip


def _actions() -> list[Row]:
    return [
        _action("1.1", POLICE, "Daily sharing of reports of missing children", date(2024, 6, 30), joint_leads="housing"),
        _action("1.2", POLICE, "A shared desk for urgent questions", date(2024, 9, 30)),
        _action("1.3", POLICE, "Training for all front counters", date(2023, 11, 30)),
        _action("1.4", POLICE, "One form for every referral", date(2023, 12, 31)),
        _action("2.1", POLICE, "A schools programme on knife crime", date(2024, 8, 31)),
        _action("2.2", POLICE, "Weekend patrols of the high street", date(2024, 12, 31)),
        _action("2.3", POLICE, "A yearly review of the custody protocol", date(2023, 6, 30), revised_due=date(2024, 3, 31)),
        _action("2.4", HOUSING, "Checks of rooms let to young tenants", date(2024, 7, 31), joint_leads="police"),
        _action("2.5", HOUSING, "Safe moves between boroughs", date(2024, 10, 31)),
        _action("2.6", YOS, "Early meetings with families", date(2024, 9, 30), contributors="police"),
        _action("2.7", ICB, "A named nurse in every panel", date(2024, 9, 30)),
    ]


def _measures() -> list[Row]:
    percent: Row = {"unit": "%", "counts": "people", "decimals": 1}
    ranked: Row = {"unit": "rank", "part_of": "County table", "polarity": "Lower is better"}
    return [
        _measure("M-1", POLICE, "Joint visits made", "Quarter", target=Decimal(100), opening_value=Decimal(110)),
        _measure("M-2", POLICE, "Victims satisfied with the service", "Quarter", **percent),
        _measure("M-3", POLICE, "Offences recorded", "Rolling 12 months", counts="incidents", polarity="Lower is better"),
        _measure("M-4", POLICE, "Hours of patrol", "Year to date"),
        _measure(
            "M-5", POLICE, "Offences per 1,000 residents", "Calendar year", unit="rate per 1,000", counts="incidents",
            decimals=1, polarity="Lower is better",
        ),
        _measure("M-6", POLICE, "Licences issued to date", "Cumulative"),
        _measure("M-7", POLICE, "Households in the support scheme", "Snapshot", counts="households"),
        _measure("M-8", POLICE, "People who offended again", "Cohort", **{**percent, "polarity": "Lower is better"}),
        _measure("M-9", POLICE, "Change in burglary offences", "Rolling 12 months", **{**percent, "counts": "incidents"}),
        _measure("M-10", POLICE, "Money spent from the safety fund", "Financial year", unit="£"),
        _measure("M-11", POLICE, "Visits to the new advice website", "Quarter"),
        *(
            _measure(key, POLICE, f"Victims aged {ages}", "Quarter", **percent, part_of="Victims by age")
            for key, ages in (("M-12", "under 25"), ("M-13", "25 to 59"), ("M-14", "60 and over"))
        ),
        _measure("M-15", POLICE, "Referrals received", "Quarter", counts="incidents"),
        _measure("M-16", POLICE, "Referrals taken on", "Quarter", counts="incidents", part_of="M-15"),
        _measure("M-17", POLICE, "Referrals passed on", "Quarter", counts="incidents", part_of="M-15"),
        _measure("M-18", POLICE, "Hate incidents recorded", "Quarter", counts="incidents"),
        _measure("M-19", POLICE, "Rank for burglary", "Quarter", **ranked),
        _measure("M-23", POLICE, "Rank for theft", "Quarter", **ranked),
        _measure("M-24", POLICE, "Young people with a mentor", "Quarter", counts="people", swing=100),
        _measure("M-20", HOUSING, "Licences for shared houses", "Quarter"),
        _measure("M-22", HOUSING, "Hate incidents known to us", "Quarter", counts="incidents", same_as="M-18"),
        _measure("M-21", YOS, "Young people in education or work", "Quarter", **percent),
    ]  # fmt: skip


def register_rows() -> dict[str, list[Row]]:
    """The register as rows by form. It has no fault (`test_faults.py`)."""
    return {
        "partnership": [{
            "name": "Fictional Borough Partnership", "short_name": "FBP", "area": "Fictional Borough",
            "coordinator": "Partnership Coordinator", "email": "office@fictional.example", "calendar": "april",
        }],
        "calendars": [config.as_row(c) for c in periods.CALENDARS.values()],
        "periods": [
            {"key": key, "start": start, "end": end, "issue_date": issued, "due_date": due, "papers_date": papers,
             "state": "open"}
            for key, (start, end, issued, due, papers) in _DAYS.items()
        ],
        "partners": [
            {"id": POLICE, "name": "Fictional Police", "short_name": "Police", "domains": "police.example"},
            {"id": HOUSING, "name": "Housing Service", "short_name": "Housing", "domains": "housing.example"},
            {"id": YOS, "name": "Youth Offending Service", "short_name": "YOS"},
            {"id": ICB, "name": "Integrated Care Board", "short_name": "ICB", "active_from": date(2022, 7, 1)},
            {"id": "trust", "name": "Probation Trust", "active_to": date(2022, 6, 30)},
        ],
        "contacts": [
            {"partner": p, "post": "Partnership Lead", "email": f"lead@{p}.example", "role": "lead"} for p in PARTNERS
        ],
        "aliases": [
            {"alias": "YOT", "partner": YOS},
            {"alias": "Clinical Commissioning Group", "partner": ICB, "valid_to": date(2022, 6, 30)},
        ],
        "plans": [
            {"id": "REVIEW", "name": "Thematic review", "rag": "RAG-confidence", "measure_rag": "Target-tolerance",
             "start": date(2023, 4, 1), "end": date(2025, 3, 31)},
            {"id": "DELIVERY", "name": "Delivery plan", "rag": "BRAG-status", "measure_rag": "Target-tolerance",
             "start": date(2023, 4, 1), "end": date(2025, 3, 31)},
        ],
        "themes": [
            {"id": "R1", "plan": "REVIEW", "number": "1", "title": "Information sharing"},
            {"id": "R2", "plan": "REVIEW", "number": "2", "title": "Early help"},
            {"id": "D1", "plan": "DELIVERY", "number": "1", "title": "Safer streets"},
            {"id": "D2", "plan": "DELIVERY", "number": "2", "title": "Support for victims"},
        ],
        "items": [
            *_actions(),
            _commitment("C-1", POLICE, "Hold pop-up stalls in every ward"),
            _commitment("C-2", POLICE, "Publish the new guide for victims"),
            _commitment("C-3", POLICE, "Visit each shop on the parade"),
            _commitment("C-4", POLICE, "Fit new cameras at the station"),
            _commitment("C-5", HOUSING, "Repair lights on the estate"),
            _commitment("C-6", YOS, "Offer mentors to school leavers"),
            {"key": "I-1", "form": "indicators", "plan": "DELIVERY", "theme": "D2", "title": "Victims feel well served",
             "lead": POLICE, "term": "Short", "measure": "M-2"},
            {"key": "I-2", "form": "indicators", "plan": "DELIVERY", "theme": "D1", "title": "Streets feel safe after dark",
             "lead": POLICE, "term": "Medium"},
            {"key": "I-3", "form": "indicators", "plan": "DELIVERY", "theme": "D1", "title": "Young people stay in learning",
             "lead": YOS, "term": "Long", "measure": "M-21"},
            *_measures(),
        ],
        "boards": [
            {"id": "exec", "name": "Executive", "audience": "partnership", "email": "clerk@fictional.example"},
        ],
        "rag_key": [config.as_row(level) for level in config.rag_presets()],
        "waivers": [
            {"rule": "text-too-short", "item": "A-2.3", "reason": "The review is short", "agreed_by": "Coordinator",
             "until": date(2023, 12, 31)},
            {"rule": "text-too-short", "item": "C-4", "reason": "A short word will do", "agreed_by": "Coordinator",
             "until": date(2024, 12, 31)},
        ],
        "glossary": [
            {"term": "YOS", "meaning": "Youth Offending Service"}, {"term": "ICB", "meaning": "Integrated Care Board"},
            {"term": "CCTV", "meaning": "Closed-circuit television"},
        ],
    }  # fmt: skip
