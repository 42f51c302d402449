"""What the text of an old cell promises, answers and counts. This is the room's one door.

`split_list` takes a cell's text apart into the entries of its list, `pair` sets replies beside promises, `resolve` finds what
"As above" means, `strip_marks` sets aside what is none of the text. `status_of`, `propose_leads`, `read_due` and
`find_figures` read how far something is, who leads it, when it is due and what it counts. All are proposals for a person.
"""

from workflow.promises.dues import Due, read_due
from workflow.promises.figures import FigureFound, find_figures
from workflow.promises.furniture import Beside, Stripped, strip_marks
from workflow.promises.leads import LeadNamed, ProposedLeads, propose_leads
from workflow.promises.lists import split_entries, split_list, split_outcomes
from workflow.promises.pairs import Pair, pair
from workflow.promises.pieces import Piece
from workflow.promises.references import Resolved, RowText, Stemmed, is_ref, parent_ref, ref_key, resolve, share_stems
from workflow.promises.statuses import StatusRead, rag_of, status_of

__all__ = [
    "Beside", "Due", "FigureFound", "LeadNamed", "Pair", "Piece", "ProposedLeads", "Resolved", "RowText", "StatusRead",
    "Stemmed", "Stripped", "find_figures", "is_ref", "pair", "parent_ref", "propose_leads", "rag_of", "read_due", "ref_key",
    "resolve", "share_stems", "split_entries", "split_list", "split_outcomes", "status_of", "strip_marks",
]  # fmt: skip
