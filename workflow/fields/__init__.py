"""From what people type to typed values, and back to words. This is the room's one door.

`parse` reads a stored cell as a form's field, `read_span` a period as people write it; `encode` and `decode` write a value
for the ledger and read it back exactly; `show` writes it for people; `mask` takes personal data out of what is quoted. Day
before month, pounds and commas: as the United Kingdom writes.
"""

from workflow.fields.cells import exact_text, number_of, raw_text
from workflow.fields.codec import MONTHS, decode, encode, show
from workflow.fields.dates import DateRead, How, day_in, month_end, plausible, read_date
from workflow.fields.numbers import NumberRead, read_number
from workflow.fields.parsing import NO_WORDS, YES_WORDS, Parsed, parse
from workflow.fields.personal import Hit, mask
from workflow.fields.personal import find as find_personal
from workflow.fields.spans import KINDS, Span, SpanRead, read_span, show_span
from workflow.fields.texts import clean, fold, listed, near, split_many

__all__ = [
    "KINDS", "MONTHS", "NO_WORDS", "YES_WORDS", "DateRead", "Hit", "How", "NumberRead", "Parsed", "Span", "SpanRead",
    "clean", "day_in", "decode", "encode", "exact_text", "find_personal", "fold", "listed", "mask", "month_end", "near",
    "number_of", "parse", "plausible", "raw_text", "read_date", "read_number", "read_span", "show", "show_span",
    "split_many",
]
