"""Full example contexts for every kind of letter, from the fictional Estuary Borough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from workflow.letters import (
    BoardLetter,
    Chaser,
    Clerk,
    Common,
    Issue,
    NotUsed,
    PackFile,
    Query,
    QueryLetter,
    RagRow,
    RagTable,
    Receipt,
    SheetRows,
    Thanks,
    ToPartner,
    Unreadable,
)
from workflow.model import Board, Partner, Partnership, Period

FOLDER = Path(__file__).parent.parent / "templates" / "emails"

PARTNERSHIP = Partnership(
    name="Estuary Community Safety Partnership", short_name="Estuary CSP", area="Estuary Borough",
    coordinator="Community Safety Partnership Coordinator", email="csp@estuary.example", phone="01632 960 001",
    reply_to="csp@estuary.example", label="Example: fictional borough",
)  # fmt: skip
PERIOD = Period(
    key="2023-24-Q2", label="Q2 2023/24", calendar="april", start=date(2023, 7, 1), end=date(2023, 9, 30),
    issue_date=date(2023, 10, 2), due_date=date(2023, 10, 20), papers_date=date(2023, 11, 3), state="open", quarter=2,
)  # fmt: skip
BOARD = Board(
    id="csp-executive", name="CSP Executive", audience="partnership", frequency="Quarterly", chair="Chair of the CSP Executive",
    clerk="Democratic Services Officer", email="clerk@estuary.example",
)  # fmt: skip



def _common(addressee: str, today: date = date(2023, 10, 24)) -> Common:
    return Common(partnership=PARTNERSHIP, period=PERIOD, today=today, addressee=addressee)


POLICE = Partner(id="police", name="Estuary Police")
_PARTNER = ToPartner(**_common("Partnership Analyst"), partner=POLICE)
_EARLY = ToPartner(**_common("Partnership Analyst", date(2023, 10, 18)), partner=POLICE)

QUERIES = (
    Query("Actions", "Actions, cell H9 (RAG now for 1.3.1)",
          'You entered "Ambar". Enter Red, Amber, Green or Blue. Did you mean Amber?', held=True),
    Query("Actions", "Actions, cells L12 and L14 (Getting back on track)",
          "You entered nothing. Say what will be done to get the action back on track, and by when."),
    Query("Measures", "Measures, cell K7 (Value for M-DA-REPEAT)",
          '"0.364" was read as 0.364%. If you meant 36.4%, enter 36.4%.'),
)  # fmt: skip

ISSUE = Issue(
    **_PARTNER, rows=(SheetRows("Actions", 7), SheetRows("Commitments", 3), SheetRows("Measures", 1)), minutes=15,
    template="police-2023-24-Q2.xlsx",
)  # fmt: skip
RECEIPT = Receipt(
    **_PARTNER, received=date(2023, 10, 23), days_late=3, files=("Q2 police FINAL.xlsx", "Q2 police – measures.xlsx"),
    accepted=61, unchanged=112, superseded=2, held=1, queries=QUERIES,
    missing=("Measures: a value for M-BURGLARY (Residential burglary)", "About this return: Approved by (post)"),
)  # fmt: skip
RECEIPT_CLEAN = Receipt(
    **_PARTNER, received=date(2023, 10, 19), days_late=0, files=("Q2 police FINAL.xlsx",),
    accepted=63, unchanged=112, superseded=0, held=0, queries=(), missing=(),
)  # fmt: skip
QUERY = QueryLetter(**RECEIPT, marked_up="police-2023-24-Q2-queries.xlsx")
UNREADABLE = Unreadable(
    **_PARTNER, received=date(2023, 10, 23),
    files=(NotUsed("Q2 police FINAL.xlsx", "This file is protected with a password: please take it off and send it again."),
           NotUsed("measures.pdf", "This is a PDF, which cannot be read: please send the Excel workbook (.xlsx) itself.")),
)  # fmt: skip
CHASER = Chaser(
    **_PARTNER, state="nothing received", missing=("Actions: 7 rows", "Commitments: 3 rows", "Measures: 1 row", "Sign-off"),
    days_late=4, minutes=15, deputy="Deputy Head of Intelligence", template="police-2023-24-Q2.xlsx",
)  # fmt: skip
CHASER_PART = Chaser(
    **_EARLY, state="part returned", days_late=0, minutes=3, deputy="", template="",
    missing=("Actions, 1.3.1: RAG now", "Measures: a value for M-BURGLARY (Residential burglary)"),
)  # fmt: skip
THANKS = Thanks(**_PARTNER, received=date(2023, 10, 19), files=("Q2 police.xlsx",), rows=10, missing=())
THANKS_FIGURES = Thanks(
    **_EARLY, received=date(2023, 10, 17), files=("Q2 police.xlsx",), rows=10,
    missing=("Measures: a value for M-BURGLARY (Residential burglary)",),
)  # fmt: skip
BOARD_LETTER = BoardLetter(
    **_common(BOARD.chair), board=BOARD,
    headlines=("14 of 17 partners have returned; 80 of 95 rows are up to date.", "Red: 2 rows, one more than last quarter.",
               "5 of 12 measures met their target."),
    decisions=("TR-3 Transitional safeguarding: agree a new due date of 31 March 2024.",
               "Safer streets round 4: find match funding of £40,000 by 30 November 2023."),
    rag=(RagTable("Community Safety Plan 2023/24", ("Red", "Amber", "Green", "Blue", "Not rated"),
                  (RagRow("Violence against women and girls", (1, 3, 4, 0, 0)), RagRow("Hate crime", (0, 2, 6, 1, 1)))),
         RagTable("Thematic review action plan", ("Red", "Amber", "Green"), (RagRow("Whole plan", (1, 8, 6)),))),
    files=("csp-executive-2023-24-Q2-partnership.xlsx",),
)  # fmt: skip
CLERK = Clerk(
    **_common(BOARD.clerk), board=BOARD, withheld=3,
    files=(PackFile("csp-executive-2023-24-Q2-partnership.xlsx", 48_211, "partnership"),
           PackFile("csp-executive-2023-24-Q2-public.xlsx", 1_240_000, "public", ("Sheet Actions has an empty column",))),
)  # fmt: skip

# name of the golden file -> kind and context; the first of each kind is its full example
EXAMPLES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "issue": ("issue", ISSUE),
    "receipt": ("receipt", RECEIPT),
    "receipt-clean": ("receipt", RECEIPT_CLEAN),
    "query": ("query", QUERY),
    "unreadable": ("unreadable", UNREADABLE),
    "chaser": ("chaser", CHASER),
    "chaser-part": ("chaser", CHASER_PART),
    "thanks": ("thanks", THANKS),
    "thanks-figures": ("thanks", THANKS_FIGURES),
    "board": ("board", BOARD_LETTER),
    "clerk": ("clerk", CLERK),
}
