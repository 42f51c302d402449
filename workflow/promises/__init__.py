"""What the text of an old cell promises, answers and counts. This is the room's one door.

`split_list` takes a cell's text apart into the entries of its list, `pair` sets replies beside promises, `resolve` finds what
"As above" means, `strip_marks` sets aside what is none of the text, and `status_of` reads how far something is.
"""

from workflow.promises.furniture import Beside, Stripped, strip_marks
from workflow.promises.lists import split_entries, split_list, split_outcomes
from workflow.promises.pairs import Pair, pair
from workflow.promises.pieces import Piece
from workflow.promises.references import Resolved, RowText, Stemmed, is_ref, parent_ref, ref_key, resolve, share_stems
from workflow.promises.statuses import StatusRead, rag_of, status_of

__all__ = [
    "Beside", "Pair", "Piece", "Resolved", "RowText", "StatusRead", "Stemmed", "Stripped", "is_ref", "pair", "parent_ref",
    "rag_of", "ref_key", "resolve", "share_stems", "split_entries", "split_list", "split_outcomes", "status_of", "strip_marks",
]  # fmt: skip
