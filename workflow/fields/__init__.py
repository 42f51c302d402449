"""From what people type to typed values, and back to words. This is the room's one door.

`parse` reads a stored cell as a form's field; `encode` and `decode` write a value for the ledger and read it back
exactly; `show` writes it for people. Day before month, pounds and commas: as the United Kingdom writes.
"""

from workflow.fields.cells import exact_text, number_of, raw_text
from workflow.fields.codec import MONTHS, decode, encode, show
from workflow.fields.dates import DateRead, How, month_end, read_date
from workflow.fields.numbers import NumberRead, read_number
from workflow.fields.parsing import Parsed, parse
from workflow.fields.texts import clean, fold, listed, near, split_many

__all__ = [
    "MONTHS", "DateRead", "How", "NumberRead", "Parsed", "clean", "decode", "encode", "exact_text", "fold", "listed",
    "month_end", "near", "number_of", "parse", "raw_text", "read_date", "read_number", "show", "split_many",
]
