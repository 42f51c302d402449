"""A letter made from its templates: the text wrapped, the HTML escaped, whatever is wrong in a template said of its file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

from workflow.errors import WorkflowError
from workflow.model import Period
from workflow.post import HEADER_LIMIT, Letter, one_line

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 76  # characters in a line of the text version
VALUE_LIMIT = 600  # characters of one value: a letter is read by a person, the workbook holds the whole text
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# kind -> the template of its subject
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("issue", "receipt", "query", "unreadable", "chaser", "thanks"), "_subject-partner.txt.j2"),
    **dict.fromkeys(("board", "clerk"), "_subject-board.txt.j2"),
}
# What a subject may be made of: what stays the same for one partner or board all quarter.
SUBJECT_WORDS = ("partnership", "period", "partner", "board")


def render(kind: str, context: Mapping[str, object], folder: Path) -> Letter:
    """The letter of that kind, from the templates in `folder`. `context` is the kind's TypedDict (see `CONTEXTS`).

    Raises WorkflowError naming the template, the line and the word where a template is missing or cannot be filled,
    KeyError for a kind that does not exist (our mistake).
    """
    subject_template = KINDS[kind]
    words = {name: plain(value) for name, value in context.items()}
    steady = {name: words[name] for name in SUBJECT_WORDS if name in words}
    subject = one_line(fill(folder, subject_template, steady), HEADER_LIMIT)
    words["subject"] = subject
    text = _wrapped(fill(folder, f"{kind}.txt.j2", words))
    html = fill(folder, f"{kind}.html.j2", words)
    return Letter(subject, text, html)


class Day(date):
    """A date that prints as people write it: "20 October 2023", and with `.full` "Friday 20 October 2023"."""

    def __str__(self) -> str:
        return f"{self.day} {_MONTHS[self.month - 1]} {self.year}"

    @property
    def full(self) -> str:
        """With the day of the week."""
        return f"{_WEEKDAYS[self.weekday()]} {self}"


def plain(value: object) -> object:
    """A value as templates get it: text as one safe line, dates as `Day`, records as mappings, all the way down."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return Day(value.year, value.month, value.day)
    if is_dataclass(value) and not isinstance(value, type):
        more = {"word": value.word} if isinstance(value, Period) else {}  # what people call a period
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)} | more
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(plain(inner) for inner in value)
    return one_line(str(value), VALUE_LIMIT)


def fill(folder: Path, name: str, words: Mapping[str, object]) -> str:
    """One template filled. Whatever goes wrong in it is about a file that the coordinator may edit: WorkflowError."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError  # noqa: PLC0415 - only when a letter is written

    try:
        return _environment(folder, name.endswith(".html.j2")).get_template(name).render(words)
    except TemplateNotFound as error:
        missing = folder / str(error.name)
        raise WorkflowError(f"{missing} is missing. Copy it back from the templates that came with workflow.") from error
    except TemplateSyntaxError as error:
        where = f"{folder / (error.name or name)}, line {error.lineno}"
        said = one_line(str(error.message), 120).rstrip(".")
        raise WorkflowError(f"{where}, cannot be understood: {said}. Correct that line.") from error
    except UnicodeDecodeError as error:
        raise WorkflowError(f"{folder / name} or a file it uses is not saved as UTF-8. Save it again as UTF-8.") from error
    except UndefinedError as error:
        quoted = re.findall(r"'([^']*)'", str(error.message)) or ["?"]
        raise WorkflowError(
            f'{_line_of(error, folder / name)}, uses the word "{quoted[-1]}", which this letter does not have. Correct the '
            "word or take it out; the words that can be used are listed at the top of the file."
        ) from error
    except Exception as error:  # a template can fail in as many ways as a program can; all of them are the file's
        said = one_line(str(error), 120).rstrip(".")
        raise WorkflowError(f"{_line_of(error, folder / name)}, cannot be filled: {said}. Correct that line.") from error


def _line_of(error: BaseException, path: Path) -> str:
    """The template's file and line where it failed; jinja2 puts them in the traceback."""
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    found = [f"{name}, line {line}" for name, line in frames if name.endswith(".j2")]
    return found[-1] if found else str(path)


@lru_cache(maxsize=8)
def _environment(folder: Path, html: bool) -> Environment:
    """How templates are read. Sandboxed: they are files that people pass on, and need no more than their words."""
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder, encoding="utf-8-sig"),  # Notepad may put a byte order mark first
        undefined=StrictUndefined,
        autoescape=html,  # never select_autoescape, which leaves .html.j2 alone (field-notes row 21)
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("safe", "urlize", "xmlattr"):  # these would turn a partner's words into markup or a link
        del environment.filters[name]
    environment.filters.update(plural=_plural, by_sheet=_by_sheet, size=_size)
    return environment


def _plural(number: int, one: str, many: str = "") -> str:
    """"1 row", "2 rows", "no rows"."""
    if number == 1:
        return f"1 {one}"
    return f"{number:,} {many or one + 's'}" if number else f"no {many or one + 's'}"


def _by_sheet(queries: Iterable[Mapping[str, object]]) -> list[tuple[str, list[Mapping[str, object]]]]:
    """Queries as (sheet, queries on it), sheets in the order in which they first come."""
    groups: dict[str, list[Mapping[str, object]]] = {}
    for query in queries:
        groups.setdefault(str(query["sheet"]), []).append(query)
    return list(groups.items())


def _size(count: int) -> str:
    """Bytes as clerks list them: "48 KB", "1.2 MB"."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} KB"


def _wrapped(text: str) -> str:
    """Each line of a filled text template wrapped at 76, points of a list indented under their first word, and never more
    than one empty line together."""
    lines: list[str] = []
    for raw in text.strip().splitlines():
        line = raw.rstrip()
        if not line and not lines[-1]:
            continue
        lead = re.match(r"\s*(?:- |\d+\. )?", line)
        indent = " " * (lead.end() if lead else 0)
        lines += textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(lines) + "\n"
