"""What the text of an old cell promises, answers and counts. This is the room's one door.

`split_list` takes a cell's text apart into the entries of its list, `pair` sets replies beside promises, and `resolve` finds
what "As above" means.
"""

from workflow.promises.lists import split_entries, split_list, split_outcomes
from workflow.promises.pairs import Pair, pair
from workflow.promises.pieces import Piece
from workflow.promises.references import Resolved, RowText, Stemmed, is_ref, parent_ref, ref_key, resolve, share_stems

__all__ = [
    "Pair", "Piece", "Resolved", "RowText", "Stemmed", "is_ref", "pair", "parent_ref", "ref_key", "resolve", "share_stems",
    "split_entries", "split_list", "split_outcomes",
]  # fmt: skip
