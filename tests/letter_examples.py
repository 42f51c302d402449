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
    in_few_lines,
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

TODO = "Please complete it."

ISSUE = Issue(
    **_PARTNER, rows=(SheetRows("Actions", 7), SheetRows("Commitments", 3), SheetRows("Measures", 1)), minutes=15,
    template="police-2023-24-Q2.xlsx",
)  # fmt: skip
RECEIPT = Receipt(
    **_PARTNER, received=date(2023, 10, 23), days_late=3, files=("Q2 police FINAL.xlsx", "Q2 police – measures.xlsx"),
    accepted=61, unchanged=112, superseded=2, held=1, asked=3, queries=QUERIES,
    missing=("Measures: a value for M-BURGLARY (Residential burglary)", "About this return: Approved by (post)"),
)  # fmt: skip
RECEIPT_CLEAN = Receipt(
    **_PARTNER, received=date(2023, 10, 19), days_late=0, files=("Q2 police FINAL.xlsx",),
    accepted=63, unchanged=112, superseded=0, held=0, asked=0, queries=(), missing=(),
)  # fmt: skip
QUERY = QueryLetter(**RECEIPT, marked_up="police-2023-24-Q2-queries.xlsx")
# 24 rows asked about the same two boxes, and the three questions from above: 51 questions, in five lines
MANY = (
    *QUERIES,
    *(Query("Actions", f"Actions, cell J{9 + n} (Progress this quarter for {n // 9 + 1}.{n % 9 + 1})",
            f"This is blank. {TODO}", heading="Progress this quarter", rows=(f"{n // 9 + 1}.{n % 9 + 1}",), todo=TODO)
      for n in range(24)),
    *(Query("Actions", f"Actions, cell L{9 + n} (Proposed new due date for {n // 9 + 1}.{n % 9 + 1})",
            f'You entered "31/02/202{n % 5}". Enter a day that there is. {n}', held=True, heading="Proposed new due date",
            rows=(f"{n // 9 + 1}.{n % 9 + 1}",), todo=f"Enter a day that there is. {n}")
      for n in range(24)),
)  # fmt: skip
QUERY_MANY = QueryLetter(**{**QUERY, "missing": (), "asked": len(MANY), "queries": in_few_lines(MANY, attached=True)})
UNREADABLE = Unreadable(
    **_PARTNER, received=date(2023, 10, 23),
    files=(NotUsed("Q2 police FINAL.xlsx", "This file is protected with a password: please take it off and send it again."),
           NotUsed("measures.pdf", "This is a PDF, which cannot be read: please send the Excel workbook (.xlsx) itself.")),
    template="", senders=(),
)  # fmt: skip
WRONG_FORM = Unreadable(
    **_EARLY, received=date(2023, 10, 17), template="police-2023-24-Q2.xlsx", senders=(),
    files=(NotUsed("Q1 police.xlsx", "The Return ID \"Estuary-CSP-2023-24-Q1-fire-0a1b2c3d\" is not one that we issued for "
                   "this agency and period. Send it again in the template that we sent you.", "template"),),
)  # fmt: skip
WRONG_SENDER = Unreadable(
    **_PARTNER, received=date(2023, 10, 23), template="",
    senders=("Partnership Analyst (analyst@police.example)", "any address at police.example"),
    files=(NotUsed("Q2 police.xlsx", "This is the return of Estuary Police, but it was sent from data@housing.example, which "
                   "is an address of Estuary Housing. Send it from an address of Estuary Police, or tell us whose answers "
                   "these are.", "sender"),),
)  # fmt: skip
NOT_USED = Unreadable(
    **_PARTNER, received=date(2023, 10, 23), template=WRONG_FORM["template"], senders=WRONG_SENDER["senders"],
    files=(*UNREADABLE["files"], *WRONG_FORM["files"], *WRONG_SENDER["files"]),
)  # fmt: skip
CHASER = Chaser(
    **_PARTNER, state="nothing received", missing=("Actions: 7 rows", "Commitments: 3 rows", "Measures: 1 row", "Sign-off"),
    days_late=4, minutes=15, deputy="Deputy Head of Intelligence", template="police-2023-24-Q2.xlsx",
)  # fmt: skip
CHASER_PART = Chaser(
    **_EARLY, state="part returned", days_late=0, minutes=3, deputy="", template="",
    missing=("Actions, 1.3.1: RAG now", "Measures: a value for M-BURGLARY (Residential burglary)"),
)  # fmt: skip
CHASER_UNSIGNED = Chaser(
    **_PARTNER, state="not signed off", days_late=4, minutes=5, deputy="", template="",
    missing=("About this return: Approved by (post)", "About this return: Approved on"),
)  # fmt: skip
CHASER_HELD = Chaser(
    **_PARTNER, state="held", days_late=4, minutes=15, deputy="", template="police-2023-24-Q2.xlsx",
    missing=("Actions, 1.3.1: nothing entered", "About this return: Approved on"),
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
    "query-many": ("query", QUERY_MANY),
    "unreadable": ("unreadable", NOT_USED),
    "unreadable-files": ("unreadable", UNREADABLE),
    "wrong-form": ("unreadable", WRONG_FORM),
    "wrong-sender": ("unreadable", WRONG_SENDER),
    "chaser": ("chaser", CHASER),
    "chaser-part": ("chaser", CHASER_PART),
    "chaser-unsigned": ("chaser", CHASER_UNSIGNED),
    "chaser-held": ("chaser", CHASER_HELD),
    "thanks": ("thanks", THANKS),
    "thanks-figures": ("thanks", THANKS_FIGURES),
    "board": ("board", BOARD_LETTER),
    "clerk": ("clerk", CLERK),
}
