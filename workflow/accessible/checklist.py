"""What each number of domain.md C1 stands for, in words, and which of them a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping

CHECKLIST: Mapping[str, str] = {
    "X01": "Data stands in Excel tables with a heading row",
    "X02": "Each table has a name of its own that says what it holds",
    "X03": "No merged cells",
    "X04": "No blank rows or columns inside a table",
    "X05": "Every column has a heading of its own",
    "X06": "Every cell shows all it holds",
    "X07": "No filter buttons or frozen panes",
    "X08": "Empty cells are explained",
    "X09": "No hidden sheets, rows or columns",
    "X10": "Columns are neither too narrow nor too wide",
    "X11": "Notes are marked [note 1] and explained on a Notes sheet",
    "X12": "Each sheet has a title in cell A1",
    "X13": "Nothing stands below or beside a table",
    "X14": "Tables start in column A",
    "X15": "One table on a sheet",
    "X16": "Sheets have names that say what they hold, and none is blank",
    "X17": "No page headers or footers, text boxes or shapes",
    "X18": "No background colour for structure",
    "X19": "What colour says, a word says too",
    "X20": "Text stands out from its background by at least 4.5 to 1",
    "X21": "No pictures, and every chart has alternative text",
    "X22": "No macros, links to other files or embedded objects",
    "X23": "A plain font of at least 10 points, no italics or capitals for emphasis",
    "X24": "Links say where they lead",
    "X25": "Title, subject, keywords, organisation and language are set",
    "X26": "The file opens on its first sheet, in cell A1",
    "X27": "Numbers are numbers, with thousands separators",
    "X28": "Units stand in the headings, totals at the end",
    "X29": "Dates are dates, shown as 05 Jan 2024",
    "X30": "UK spelling and plain words",
    "X31": "A4, landscape, one page wide, headings repeated",
    "X32": "A cover with contents, contact, dates and licence; a guide in a form to be filled in",
    "X33": "Each table has alternative text",
    "X34": "No defined name points nowhere",
    "X35": "A short, plain file name, and less than 2 MB",
}
# What no program can test, and what a person does instead.
BY_PERSON: Mapping[str, str] = {
    "X30": "Read the words, with the spelling checker set to English (United Kingdom).",
}
# What is tested only for being there: whether it is right, a person has to see.
JUDGED: Mapping[str, str] = {
    "X02, X05, X12, X16": "Do the names, headings and titles say what is there?",
    "X08, X11": "Do the explanations explain?",
    "X21, X33": "Does the alternative text say what somebody who cannot see it needs to know?",
    "X24": "Does each link lead where its words say?",
    "X32": "Are the contact, the dates and the licence on the cover true?",
}
