"""The queries desk: replies that explain, decisions that settle, and waivers that were agreed. This is the room's one door.

Replies come in the Queries sheet of a marked-up return, decisions in the decisions workbook. Both are read like any return
and stand in the ledger; here they are held against what is asked. A query is named by its `Finding.reference`, which changes
with the values that it is about: so a reply or a decision holds for as long as the value that it explains is unchanged.
"""

from workflow.desk.closing import Desk
from workflow.desk.facts import COVERS, DECISIONS, QUERIES, Asked, Decision, cover_text, decisions, explains, shown

__all__ = ["COVERS", "DECISIONS", "QUERIES", "Asked", "Decision", "Desk", "cover_text", "decisions", "explains", "shown"]
