"""Small numbers of people in a text, in digits or in words, and wording that singles somebody out (domain.md A9, V20).

"2 operations" and "4 sessions" are harmless and are most of what a search for small numbers finds; so a number counts only
with a noun for people after it ("two families"), or with what became of them where people are what is spoken of ("of 154
pupils ... only two being excluded"). "Fewer than 5", "1 in 4" and "Year 3 pupils" give nobody away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow import fields

_COUNT = r"(?:one|two|three|four|[1-4])"
_ONE = (
    r"(?:pupil|child|famil(?:y)|household|young person|young adult|person|victim|survivor|resident|tenant|offender|nominal|man"
    r"|woman|male|female|boy|girl|individual|teenager|adult|patient|prisoner|detainee|student|learner|suspect|perpetrator"
    r"|refugee|care leaver|sex worker|rough sleeper|mother|father|parent|migrant|death|fatality|homicide)"
)
_MANY = (
    r"(?:pupils|children|families|households|young people|young persons|young adults|youths|people|persons|victims|survivors"
    r"|residents|tenants|offenders|nominals|men|women|males|females|boys|girls|individuals|teenagers|adults|patients"
    r"|prisoners|detainees|students|learners|suspects|perpetrators|refugees|care leavers|sex workers|rough sleepers|mothers"
    r"|fathers|parents|migrants|deaths|fatalities|homicides|(?:permanent )?exclusions)"
)
# What describes people between the number and the noun. No plurals or acts: "2 officers supporting families".
_LIKE = (
    r"(?:(?!(?:of|the|in|to|for|and|or|with|our|their|at|on|by|per|every|each|from|than|day|days|month|months|year|years|week"
    r"|weeks|hour|hours|time|times|school|event|event|message|team)\b)"
    r"(?:missing|homeless|[a-z]+-[a-z-]+|[a-z]*(?:[^s\W\d_]|ss)(?<!ing))[ ]){0,2}?"
)
# What stands after the noun when it means the people: "2 youth clubs" and "one family hub" mean something else.
_THEN = (
    r"(?=\s*(?:$|[.,;:)!?\n/]|-\s)|\s+(?:was|were|is|are|has|had|have|who|whose|with|in|from|to|at|aged|under|over|and|or|but"
    r"|being|on|of|for|by|into|that|which|did|do|does|will|would|could|can|left|went|began|took|made|said|told|gave|now|still"
    r"|also|then|not|all|both|each|after|before|since|during|through|because|as|so|known|lost|met|moved|per|out|off|this"
    r"|[a-z]+(?:ed|ing|en|ly))\b)"
)
_COUNTED = re.compile(rf"(?<![\w.,/£%&:-])(?:(?:(?:1|one) {_LIKE}{_ONE}|{_COUNT} {_LIKE}{_MANY}){_THEN}|(?:1|one) exclusion\b)")
# What makes such a number something else: a label, a share, a range, a limit.
_BEFORE = re.compile(
    r"(?:\b(?:years?|stage|ks|key stage|class|category|cat|tier|level|priority|phase|cohort|band|grade|quarter|q|step|goal"
    r"|objective|no|number|section|part|domain|page|action|item|top|round|week|day|ward|group|strand|theme|fewer than"
    r"|less than|more than|under|below|over|above|up to|at least|at most|between|between \S+ and|or|another|any|no"
    r"|(?:\d+|one|two|three|four|five|nine|ten) (?:in|out of|to)|\d+ ?[-&/])|[-&/])\s*$"
)
# What becomes of people, said of a bare number: "1 supported", "two being permanently excluded", "3 visited".
_FATE = (
    r"(?:excluded|suspended|arrested|charged|convicted|recalled|housed|rehoused|supported|visited|safeguarded|injured|killed|died"
    r"|hospitalised|detained|sentenced|cautioned|imprisoned|deported|evicted|bereaved|accommodated|trafficked|groomed|stabbed)"
)
_OUTCOME = (
    r"(?:declined|refused|appealed|accepted|withdrawn|removed|released|identified|engaged|referred|moved|no change|n/c|n/a)"
)
_BARE = re.compile(
    rf"(?<![\w.,/£%&:-]){_COUNT} (?:(?:outcome|result|decision) )?"
    r"(?:(?:of (?:them|these|those|whom)|has|have|had|was|were|is|are|been|being|permanently|successfully) ){0,3}"
    rf"(?P<what>(?P<fate>{_FATE})|{_OUTCOME})(?!\w)"
)
_PEOPLE = re.compile(rf"(?<!\w)(?:{_MANY}|{_ONE}|case reviews?|cases|reviews|recalls|referrals)(?!\w)")
_THINGS = re.compile(
    r"(?<!\w)(?:schools?|venues?|premises|shops?|stores?|sites?|sessions?|operations?|ops?|events?|areas?|wards?|meetings?"
    r"|agenc(?:y|ies)|bids?|grants?|funding|actions?|vehicles?|cars?|weapons?|knives|cameras?|licen[cs]es?|properties|homes"
    r"|buildings?|streets?|parks?|businesses|forums?|groups?|partners|hotspots?|projects?|policies|reports?|posts|officers?"
    r"|recommendations?|motions?|planning applications?)(?!\w)"
)
_CLAUSE = 160  # characters before a bare number in which what it counts is named

# One person told apart from the rest.
_SINGLED = re.compile(
    rf"(?<!\w)(?:(?:the|our) (?:only|sole|first) (?:[a-z-]+ )?{_ONE}{_THEN}"
    rf"|an? (?:[a-z-]+ )?individual (?:who|whose|was|had|has|with|aged|from)\b"
    r"|(?:also|only|just|but) an? (?:[a-z]+ )?(?:male|female|man|woman|boy|girl)\b"
    rf"|(?:an?|the|one) (?:[a-z]+ )?\d{{1,2}}[- ]years?[- ]old(?: {_ONE}(?!\w)|{_THEN}))"
)


def tell_tales(text: str) -> Iterator[str]:
    """The phrases of a text that could let somebody be recognised, as they stand there."""
    folded = fields.fold(text)
    found: list[tuple[int, int]] = []
    for m in _COUNTED.finditer(folded):
        if not _BEFORE.search(folded[max(0, m.start() - 30) : m.start()]):
            found.append(m.span())
    for m in _BARE.finditer(folded):
        if not _BEFORE.search(folded[max(0, m.start() - 30) : m.start()]) and _of_people(folded, m):
            found.append(m.span())
    for m in _SINGLED.finditer(folded):
        found.append(m.span())
    line = " ".join(text.split())
    yield from (_as_typed(folded[start:end].strip(), line) for start, end in sorted(found))


def _as_typed(phrase: str, line: str) -> str:
    """The phrase with its capitals, where it can be found again in what was typed."""
    lower = line.casefold()
    at = lower.find(phrase) if len(lower) == len(line) else -1
    return line[at : at + len(phrase)] if at >= 0 else phrase


def _of_people(folded: str, m: re.Match[str]) -> bool:
    """Whether what was last named before a bare number is people; one word of what became of them needs no name."""
    before = folded[max(0, m.start() - _CLAUSE) : m.start()]
    people, things = (max((n.end() for n in nouns.finditer(before)), default=-1) for nouns in (_PEOPLE, _THINGS))
    return people > things or (bool(m["fate"]) and things < 0)
