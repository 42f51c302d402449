"""How what is not a column of its own is kept in the ledger: as JSON, reversibly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow.model import Cover, Finding, Place, Severity


def as_json(value: object) -> str:
    """One spelling of a value as JSON, so that equal things are equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def finding_out(f: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "code": f.code,
        "severity": f.severity.value,
        "message": f.message,
        "partner": f.partner,
        "period": f.period,
        "places": [[p.file, p.sheet, p.cell] for p in f.places],
        "items": list(f.items),
        "form": f.form,
        "field": f.field,
        "found": f.found,
        "remedy": f.remedy,
        "suggestion": f.suggestion,
        "covers": [list(c) for c in f.covers],
    }


def finding_in(raw: Mapping[str, Any]) -> Finding:
    """The finding that `finding_out` was given."""
    return Finding(
        **{
            **raw,
            "severity": Severity(raw["severity"]),
            "places": tuple(Place(*p) for p in raw["places"]),
            "items": tuple(raw["items"]),
            "covers": tuple(Cover(*c) for c in raw.get("covers", ())),  # earlier versions kept none
        }
    )
