"""Values in writing: exactly reversible for the ledger, and readable for people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

from workflow.model import Value

# Our own month names: strftime's depend on the machine's locale.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def encode(value: Value) -> str:
    """Exact, typed text: "s:..", "i:5", "n:36.4", "d:2023-10-31", "b:1".

    Raises ValueError for what is not a Value (a float, a date with a time, NaN): our mistake, not the partner's.
    """
    if isinstance(value, bool):  # before int: a bool is one
        return f"b:{value:d}"
    if isinstance(value, int):
        return f"i:{value}"
    if isinstance(value, Decimal) and value.is_finite():
        return f"n:{value}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"d:{value.isoformat()}"
    if isinstance(value, str):
        return f"s:{value}"
    raise ValueError(f"not a value that can be stored: {value!r}")


def decode(text: str) -> Value:
    """What `encode` wrote. Raises ValueError for anything else."""
    kind, colon, body = text.partition(":")
    if colon:
        match kind:
            case "s":
                return body
            case "i":
                return int(body)
            case "n":
                return Decimal(body)
            case "d":
                return date.fromisoformat(body)
            case "b" if body in ("0", "1"):
                return body == "1"
    raise ValueError(f"not an encoded value: {text[:40]!r}")


def show(value: Value | None, decimals: int | None = None) -> str:
    """For people: "31 Oct 2023", "1,234.5", "Yes"; "" for None. Numbers get thousands separators.

    `decimals` rounds half up, as people do; None keeps the decimals that the number has.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | Decimal):
        return _show_number(value, decimals)
    if isinstance(value, date):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year:04d}"
    return value


def _show_number(value: int | Decimal, decimals: int | None) -> str:
    if decimals is None:
        return f"{value:,d}" if isinstance(value, int) else f"{value:,f}"
    return f"{rounded(Decimal(value), decimals):,f}"


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Rounded half up to so many decimals; never "-0"."""
    with localcontext(prec=max(28, value.adjusted() + decimals + 2)):
        result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result
