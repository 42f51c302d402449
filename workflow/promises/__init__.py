"""What the text of an old cell promises, answers and counts. This is the room's one door.

`split_list` takes a cell's text apart into the entries of its list and `pair` sets replies beside promises.
"""

from workflow.promises.lists import split_entries, split_list, split_outcomes
from workflow.promises.pairs import Pair, pair
from workflow.promises.pieces import Piece

__all__ = ["Pair", "Piece", "pair", "split_entries", "split_list", "split_outcomes"]
