"""What personal data looks like (domain.md B9): the patterns of `personal.find`, and what tells a hit from something like it.

A pattern marks what it means as `it`. Its judge says whether that is sure, doubtful or, None, something else. All are read
over text made plain (`personal`), in which `BAR` stands for what is masked and nothing is read across it. Two things make one
round of masking enough: a pattern is tried at every place, whatever was rejected before it (`_anywhere`), and what it looks at
beside itself is a single character, or one that a mask does not change.
"""

from __future__ import annotations

import re
from collections.abc import Callable

BAR = "\x00"
Judge = Callable[[re.Match[str]], bool | None]


def _anywhere(before: str, pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that takes nothing up, so that a reading which is rejected hides no other."""
    return re.compile(f"{before}(?={pattern})", flags)


DIGIT = re.compile(r"\d")
URL = re.compile(r"(?:https?://|www\.\w)\S++", re.IGNORECASE)
# The part before the @ begins after something that is no letter or digit; at most 64 characters (RFC 5321, 4.5.3.1.1).
EMAIL = re.compile(r"(?<!\w)\w[\w.%+'-]{0,63}+@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")


# --- numbers that check themselves


def nhs_number(digits: str) -> bool:
    """Whether ten digits are an NHS number: Modulus 11 with weights 10 to 2 (NHS Data Dictionary); ten equal ones are not."""
    check = -sum(int(d) * w for d, w in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check == int(digits[9]) and len(set(digits)) > 1


_NHS = _anywhere(
    r"(?:(?<!\w)|(?<=NHS)|(?<=nhs))", r"(?P<it>\d{3}(?P<sep>[ \n-]{0,2})\d{3}(?P<second>[ \n-]{0,2})\d{4})(?!\w)"
)
_NEAR_NHS = re.compile(r"(?<![A-Z])NHS", re.IGNORECASE)
_NHS_NUMBER = re.compile(r"NHS[ -]{0,2}(?:no\b|num|id\b|#|:)[^\d\x00]{0,12}$", re.IGNORECASE)


def _judge_nhs(m: re.Match[str]) -> bool | None:
    before = m.string[max(0, m.start() - 30) : m.start()].rpartition(BAR)[2]
    if not nhs_number(re.sub(r"\D", "", m["it"])):
        return False if _NHS_NUMBER.search(before) else None  # called one, with a digit wrong
    after = m.string[m.end("it") : m.end("it") + 5].partition(BAR)[0]
    return bool(_NEAR_NHS.search(before) or _NEAR_NHS.search(after) or (m["sep"] and m["second"]))


# HMRC manual NIM39110: no D, F, I, Q, U, V in front, no O second, and none of seven pairs.
_NI = _anywhere(
    r"(?<!\w)",
    r"(?P<it>(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"(?P<sep>[ -]?)\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D])(?!\w)",
    re.IGNORECASE,
)


def _judge_ni(m: re.Match[str]) -> bool | None:
    return True if m["it"].isupper() or m["it"].isalnum() else None  # "as 10 20 30 a" is prose


_PHONE = _anywhere(
    r"(?<![\w£$])",
    r"(?P<it>(?:\(?(?:\+|00)44\)?[ -]?(?:\(0\)[ -]?)?|\(?0)[127](?:[ \n().-]{0,2}\d){8,9})(?![\w%])"
)
# How many digits stand together: 07700 900123, 020 7946 0123, 01632 960 123. Dates and figures are grouped otherwise.
_PHONE_GROUPS = frozenset({
    (11,), (5, 6), (5, 3, 3), (4, 7), (4, 3, 4), (3, 8), (3, 4, 4), (5, 2, 2, 2), (4, 4, 3), (6, 5), (3, 4, 2, 2),
    (5, 5), (5, 2, 3), (5, 3, 2),
})  # fmt: skip


def _judge_phone(m: re.Match[str]) -> bool | None:
    """Landlines (01, 02) and mobiles (07). 03 and 08 are the lines of organisations, and no personal data."""
    national = re.sub(r"^\(?(?:\+|00)44\)?[ -]?(?:\(0\)[ -]?)?", "0", m["it"])
    groups = tuple(len(g) for g in re.findall(r"\d+", national))
    if groups[0] == 1:  # +44 7700 ..., written apart
        groups = (groups[0] + groups[1], *groups[2:])
    return True if groups in _PHONE_GROUPS and (sum(groups) == 11 or national.lstrip("(").startswith("01")) else None


# --- postcodes and vehicles


_AREAS = frozenset({
    "AB", "AL", "B", "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB", "CF", "CH", "CM", "CO", "CR", "CT",
    "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E", "EC", "EH", "EN", "EX", "FK", "FY", "G", "GL",
    "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE", "KA", "KT", "KW", "KY", "L",
    "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX",
    "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK", "SL", "SM", "SN", "SO", "SP", "SR",
    "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB", "W", "WA", "WC", "WD", "WF", "WN", "WR",
    "WS", "WV", "YO", "ZE",
})  # fmt: skip
_POSTCODE = _anywhere(
    r"(?<!\w)",
    r"(?P<it>(?P<area>[A-Z]{1,2})\d[0-9A-Z]?(?P<sep>[ \n]{0,2})(?P<inward>\d[ABD-HJLNP-UW-Z]{2}))(?!\w)",
    re.IGNORECASE,
)
_ORDINARY = frozenset({"st", "nd", "rd", "th", "yr", "hr", "bn", "ft", "lb"})  # "S1 2nd", "E2 3hr"


def _judge_postcode(m: re.Match[str]) -> bool | None:
    if m["area"].upper() not in _AREAS:
        return None
    if m["it"].isupper():
        return True if m["sep"] or len(m["it"]) > 5 else None
    return True if m["it"].islower() and m["sep"] and m["inward"][1:] not in _ORDINARY else None


_PLATE = r"(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[a-z]{2}\d{2}[a-z]{3})"
_OLD_PLATE = r"(?:[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])"
_VEHICLE = _anywhere(
    r"(?<!\w)(?=[cimnrvCIMNRV])",
    r"(?:(?P<label>(?i:vrm|vrn|(?:vehicle |car )?reg(?:istration)?|number ?plate|index))"
    rf"|(?i:vehicle|car|van|moped|motorcycle))(?!\w)[^\x00]{{0,25}}?(?<!\w)(?P<it>{_PLATE}|(?P<old>{_OLD_PLATE}))(?!\w)",
)
_THREE = frozenset({
    "AND", "ARE", "ASB", "BUT", "CAD", "CCG", "CSP", "FOR", "HAS", "HAD", "MET", "NOT", "PCC", "PCN", "SET", "THE", "VVU",
    "WAS", "YOS", "YOT",
})  # fmt: skip


def _judge_vehicle(m: re.Match[str]) -> bool | None:
    """"Vehicles in RM17 AND RM18" is a place; a mark of the older kinds counts only beside "VRM" or "registration"."""
    letters = re.sub(r"[^A-Z]", "", m["it"])
    if letters[-3:] in _THREE or letters[:3] in _THREE or (m["old"] and not m["label"]):
        return None
    return bool(m["label"])


# --- references and dates that a label makes personal


_ID = r"(?P<it>[A-Z0-9]{1,16}+(?:[/-][A-Z0-9]{1,16}+){0,5}+)(?![\w%])"
_LABEL_END = r"\.?[ \n:#.(-]{0,4}(?:is |was )?"
_NO = r"(?:no|num|number|id|ref(?:erence)?(?: no| number)?)"  # one number: "case numbers fell to 1024" is a figure
_INCIDENT = _anywhere(
    r"(?<!\w)",
    rf"(?:(?:crime|incident|occurrence|investigation|intel|log|CAD)[ /-]{{0,2}}(?:log )?{_NO}|(?P<cad>CAD))(?!\w)"
    rf"{_LABEL_END}{_ID}(?! (?:calls|incidents|reports|logs|records|jobs)(?:[ \n,;)]|$))",
    re.IGNORECASE,
)
_CASE = _anywhere(
    r"(?<!\w)",
    rf"(?:(?:LCS|ULN|UPN|PNC|CRN|CRO|URN|NOMS|Mosaic|Liquidlogic)(?:[ -]{_NO})?"
    r"|(?:case|client|person|pupil|child|student|service user|patient|hospital|custody|referral|MARAC|MAPPA|offender|prisoner)"
    rf"[ -]{_NO})(?!\w){_LABEL_END}{_ID}",
    re.IGNORECASE,
)
_CRIME_NUMBER = _anywhere(r"(?<![\w/])", r"(?P<it>\d{2}/\d{5,6}/\d{2})(?![\w/])")  # 42/123456/23, as police forces write it
_YEAR = re.compile(r"(?:19|20)\d\d(?:[/-]\d{2,4})?")


def _judge_reference(m: re.Match[str]) -> bool | None:
    least = 3 if m.groupdict().get("cad") else 4
    return True if sum(c.isdigit() for c in m["it"]) >= least and not _YEAR.fullmatch(m["it"]) else None


_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:\d{1,2}[/. -]\d{1,2}[/. -](?:\d{4}|\d{2})|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}"
    rf"|\d{{1,2}} ?(?:st|nd|rd|th)?(?: of)?[ .-]?{_MONTH},?[ .-]?(?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH} ?\d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_BIRTH = r"(?:d\.? ?o\.? ?b\.?|date of birth|birth ?date)"
_BORN = _anywhere(
    r"(?<![^\W\d]|-)", rf"(?:{_BIRTH}|born)(?![a-z])[^\x00]{{0,25}}?(?<![\w/])(?P<it>{_DATE})(?![\w/])", re.IGNORECASE
)
_BORN_AFTER = _anywhere(r"(?<![\w/])", rf"(?P<it>{_DATE})[ \n]?[(,:-]?[ \n]?{_BIRTH}(?![a-z])", re.IGNORECASE)


def _surely(_: re.Match[str]) -> bool | None:
    return True


def _perhaps(_: re.Match[str]) -> bool | None:
    return False


# --- people by their initials or titles: asked about, never held


_INITIALS = _anywhere(
    r"(?<![\w&./-])",
    r"(?P<it>(?P<who>[A-Z]\.?[A-Z]\.?)(?:(?P<comma>,) ?|,? )(?P<open>\()?(?P<aged>aged? )?(?P<age>\d{1,2})"
    r"(?P<years> ?(?:y/?o|yrs?(?: old)?|years?(?: old)?|-year-old))?(?(open)\)|(?![\w%/-]|[.,][\d\x00])))"
    r"(?=(?P<next>\s*+\S?+))",
)
# Two letters before a number that are a subject, an agency or a title: "DA, 15" is a count of domestic abuse.
_NOT_INITIALS = frozenset({
    "AC", "AI", "AP", "AV", "CC", "CE", "CJ", "CP", "CS", "CT", "DA", "DC", "DI", "DS", "DV", "EH", "EM", "EU", "FE", "FY",
    "GP", "HB", "HE", "HO", "HR", "IT", "KS", "LA", "LD", "MH", "MP", "MS", "NI", "OP", "PA", "PC", "PE", "PM", "PS", "QA",
    "RJ", "RE", "SA", "SV", "TA", "TV", "UK", "UN", "US", "VV", "YJ", "YP", "YO",
})  # fmt: skip


def _judge_initials(m: re.Match[str]) -> bool | None:
    """"AB, 15", "AB (15)", "AB aged 15"; with a word for the age it is sure."""
    if m["who"].replace(".", "") in _NOT_INITIALS or int(m["age"]) < 1:
        return None
    if m["aged"] or m["years"]:
        return True
    return False if m["open"] or (m["comma"] and m["next"].strip() in ("", ".", ",", ";", ")")) else None


NAME = _anywhere(
    r"(?<!\w)",
    r"(?P<it>(?:(?P<polite>Mr|Mrs|MR|MRS|mr|mrs)|Ms|Miss|Mx|Dr|Prof|Cllr|Councillor|PC|PCSO|DC|DI|DCI|DS|Sgt|Insp|Supt)"
    r"\.?[ ]{1,2}(?:[A-Z]\.? ){0,2}(?P<surname>[^\W\d_][\w'-]{1,30}+)(?!\w)(?: [A-ZÀ-ÖØ-Þ][\w'-]{1,30}+(?!\w))?)",
)
# What follows "PC", "DC" or "Ms" in these reports and is no surname.
_NOT_SURNAMES = frozenset({
    "team", "teams", "unit", "units", "officer", "officers", "board", "group", "groups", "service", "services", "council",
    "councils", "housing", "police", "area", "areas", "support", "report", "reports", "review", "panel", "project", "plan",
    "policy", "led", "training", "post", "posts", "role", "roles", "patrol", "patrols", "sergeant", "sergeants",
    "inspector", "inspectors", "numbers", "resources", "visibility", "engagement", "neighbourhood", "community", "surgery",
    "surgeries", "call", "calls", "office", "excel", "word", "forms", "windows", "outlook", "access", "and", "the", "for",
    "to", "of", "in", "on", "at", "by", "with", "who", "was", "is", "has", "had", "will", "may", "must", "can",
    "attended", "licensing", "planning", "environmental", "health", "legal", "finance", "leisure", "members", "staff",
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
})  # fmt: skip


def named(m: re.Match[str]) -> bool:
    """Whether what stands after a title is a surname."""
    surname = m["surname"]
    if surname.casefold() in _NOT_SURNAMES:
        return False
    return bool(m["polite"]) or (surname[0].isupper() and any(c.islower() for c in surname))


# Each with the fewest digits that anything it finds has: most texts have too few for most of them.
NUMBERED: tuple[tuple[str, int, re.Pattern[str], Judge], ...] = (
    ("nhs", 10, _NHS, _judge_nhs),
    ("ni", 6, _NI, _judge_ni),
    ("phone", 10, _PHONE, _judge_phone),
    ("postcode", 2, _POSTCODE, _judge_postcode),
    ("vehicle", 1, _VEHICLE, _judge_vehicle),
    ("incident", 3, _INCIDENT, _judge_reference),
    ("incident", 9, _CRIME_NUMBER, _perhaps),
    ("case", 4, _CASE, _judge_reference),
    ("born", 3, _BORN, _surely),
    ("born", 3, _BORN_AFTER, _surely),
    ("initials", 1, _INITIALS, _judge_initials),
)
_TOKEN = re.compile(r"(?<![\w/-])[A-Z0-9]{1,16}+(?:[/-][A-Z0-9]{1,16}+){0,5}+(?![\w/-])", re.IGNORECASE)
TOKENS = {
    "nhs": re.compile(r"(?<!\w)\d{3}[ \n-]{0,2}\d{3}[ \n-]{0,2}\d{4}(?!\w)"),
    "vehicle": re.compile(rf"(?<!\w)(?:{_PLATE}|{_OLD_PLATE})(?!\w)"),
    "incident": _TOKEN,
    "case": _TOKEN,
    "born": re.compile(rf"(?<![\w/])(?:{_DATE})(?![\w/])", re.IGNORECASE),
}
