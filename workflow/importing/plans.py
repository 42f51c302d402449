"""The plan and the themes that imported rows stand under: those of the register where it has them, else new ones proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflow import fields
from workflow.importing.naming import Keys, capitals, initials, theme_words, year_of
from workflow.importing.recognise import Recognised
from workflow.importing.shape import title_of
from workflow.importing.values import TAKE, Ground, Proposal, Written
from workflow.model import Calendar, Confidence, GridKind, Plan, Source, SourceCell, Theme, Value

_ALIKE = 0.86  # the share of letters in common from which a title is that of a plan or theme on the register
_TELLING = 12  # characters of a title that another may begin with
_LONGEST_NAME = 150
_WHOLE = "The file names no themes, so one stands for all of its rows. Is that enough?"
_RAG_ASKED = "Which colours does this plan use? Give the name of a scheme on the RAG key sheet."


@dataclass(slots=True)
class PlanDraft:
    """One plan being put together. `known` is the register's own, where it is that."""

    id: str
    name: str
    file: str
    known: Plan | None = None
    words: Counter[str] = field(default_factory=Counter)  # the RAG words that its rows use
    measured: bool = False  # it has measures
    themes: dict[str, ThemeDraft] = field(default_factory=dict)  # by folded text


@dataclass(slots=True)
class ThemeDraft:
    """One theme of a plan as a file writes it."""

    id: str
    number: str
    title: str
    known: bool = False
    written: str = ""
    cells: list[SourceCell] = field(default_factory=list)
    whole: bool = False  # stands for the whole plan, because the file names no themes
    also: list[str] = field(default_factory=list)  # other titles under the same number


@dataclass
class Plans:
    """Finds or makes the plan and the theme of every row."""

    ground: Ground
    drafts: dict[str, PlanDraft] = field(default_factory=dict)  # by file
    titles: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by file: the titles of its tables
    names: dict[str, str] = field(default_factory=dict)  # by file: its first heading

    def __post_init__(self) -> None:
        """Ids that are used already are not given again."""
        self._ids = Keys.of(p.id for p in self.ground.register.plans)

    def survey(self, sources: Iterable[Source], tables: Iterable[Recognised]) -> None:
        """Look at the files first: what their tables share names the plan, what differs names themes."""
        titles: dict[str, list[str]] = {}
        for t in tables:
            titles.setdefault(t.table.grid.file, []).append(title_of(t.table)[0])
        self.titles = {file: tuple(dict.fromkeys(some)) for file, some in titles.items()}
        self.names = {s.file: _first_heading(s) for s in sources}

    def of(self, file: str) -> PlanDraft:
        """The plan of a file's rows."""
        if file not in self.drafts:
            self.drafts[file] = self._draft(file, self._name(file))
        return self.drafts[file]

    def titled(self, file: str) -> bool:
        """Whether the tables of a file have titles of their own, which then are themes."""
        return len(self.titles.get(file, ())) > 1

    def _name(self, file: str) -> str:
        titles = self.titles.get(file, ())
        if len(titles) == 1 and titles[0]:
            return titles[0]
        name = file.replace("\\", "/").rpartition("/")[2]
        stem = (name.rpartition(".")[0] or name).replace("_", " ").replace("-", " ")
        named = self.names.get(file) or " ".join(stem.split())
        return f"{named[:1].upper()}{named[1:]}"

    def _draft(self, file: str, name: str) -> PlanDraft:
        by_name = {p.name: p for p in self.ground.register.plans}
        known = by_name.get(fields.near(name, by_name, _ALIKE))
        if known:
            return PlanDraft(known.id, known.name, file, known)
        year = year_of(name)
        wanted = f"{initials(name) or 'PLAN'}{year[0] % 100:02d}" if year else initials(name) or "PLAN"
        return PlanDraft(self._ids.free(wanted, ""), name[:150], file)

    def theme(self, plan: PlanDraft, text: str, cells: Sequence[SourceCell] = ()) -> ThemeDraft:
        """The theme that a text names under a plan; without a text, the one that stands for the whole plan."""
        said = " ".join(text.split())
        at = fields.fold(said)
        if at not in plan.themes:
            plan.themes[at] = _numbered_so(plan, said) or self._theme(plan, said)
        draft = plan.themes[at]
        draft.cells.extend(c for c in cells if c not in draft.cells)
        return draft

    def _theme(self, plan: PlanDraft, said: str) -> ThemeDraft:
        own = [t for t in self.ground.register.themes if t.plan == plan.id]
        if not said:
            if len(own) == 1:
                return ThemeDraft(own[0].id, own[0].number, own[0].title, known=True)
            used = Keys.of(t.id for t in plan.themes.values())
            return ThemeDraft(used.free(plan.id[:12], ""), "", plan.name, whole=True)
        words = theme_words(said)
        there = _same(own, words.number, words.title) or _same(self.ground.register.themes, "", words.title)
        if there and there.plan == plan.id:
            return ThemeDraft(there.id, there.number, there.title, known=True, written=said)
        used = Keys.of([*(t.id for t in plan.themes.values()), *(t.id for t in own)])
        number = words.number.upper()
        short = number if (len(number) > 1 and not number[0].isdigit()) or number[-1:].isalpha() else capitals(words.title)
        wanted = there.id if there else short
        return ThemeDraft(used.free(wanted, ""), words.number, words.title[:200] or said[:200], written=said)

    def proposals(self) -> Iterable[Proposal]:
        """The plans and themes that the register lacks."""
        for plan in self.drafts.values():
            if plan.known is None:
                yield self._plan_row(plan)
            for theme in {id(t): t for t in plan.themes.values()}.values():
                if not theme.known:
                    yield _theme_row(plan, theme)

    def scheme(self, plan: PlanDraft) -> str:
        """The RAG scheme of the register that has all the words that a plan's rows use; "" where none has."""
        schemes: dict[str, set[str]] = {}
        for level in self.ground.register.rag:
            if level.rule == "chosen":
                schemes.setdefault(level.scheme, set()).add(level.word)
        return next((s for s, words in schemes.items() if set(plan.words) <= words), "")

    def _plan_row(self, plan: PlanDraft) -> Proposal:
        scheme = self.scheme(plan)
        values: dict[str, Value] = {"id": plan.id, "name": plan.name, "rag": scheme}
        year = year_of(plan.name)
        questions = ["Is this the plan's name, as it is printed on papers?"]
        if plan.measured:
            off_target = (level.scheme for level in self.ground.register.rag if level.rule == "off target %")
            values["measure_rag"] = next(off_target, "")
        if year:
            first, last = _span(self.ground.register.calendars, self.ground.register.partnership.calendar, year)
            values |= {"start": first, "end": last}
            questions.append(f"Its days were taken from its name: {fields.show(first)} to {fields.show(last)}. Are they right?")
        if not scheme:
            questions.append(_RAG_ASKED)
        return Proposal(
            "plans", {n: v for n, v in values.items() if v != ""}, Confidence.LIKELY, tuple(questions), decision=TAKE
        )


def _first_heading(source: Source) -> str:
    """The title of a document or a workbook: its first line that is made to stand out."""
    for grid in sorted(source.grids, key=lambda g: g.kind is not GridKind.PROSE):
        if grid.kind is not GridKind.FURNITURE:
            first = next((c for c in grid.cells if c.text.strip()), None)
            if first and (first.bold or first.row in grid.heads or first.cols > 1) and len(first.text) <= _LONGEST_NAME:
                return " ".join(first.text.split())
    return ""


def _theme_row(plan: PlanDraft, theme: ThemeDraft) -> Proposal:
    values: dict[str, Value] = {"id": theme.id, "plan": plan.id, "title": theme.title}
    if theme.number:
        values["number"] = theme.number
    asked = [_WHOLE] if theme.whole else []
    asked += (f'The file calls number {theme.number} "{title}" as well. Is it one theme?' for title in theme.also)
    written = (Written("Theme", theme.written),) if theme.written and theme.written != theme.title else ()
    sure = Confidence.LIKELY
    return Proposal("themes", values, sure, tuple(asked), written, tuple(theme.cells), TAKE)


def _numbered_so(plan: PlanDraft, said: str) -> ThemeDraft | None:
    """The theme of the same number that the plan has already: titles drift within one paper, numbers do not."""
    words = theme_words(said)
    number = fields.fold(words.number)
    found = next((t for t in plan.themes.values() if number and fields.fold(t.number) == number), None)
    if found and words.title and fields.fold(words.title) != fields.fold(found.title) and words.title not in found.also:
        found.also.append(words.title)
    return found


def _same(themes: Iterable[Theme], number: str, title: str) -> Theme | None:
    """The theme of that title, nearly; failing that, of that number."""
    by_title = {t.title: t for t in reversed(list(themes))}
    near = by_title.get(fields.near(title, by_title, _ALIKE)) if title else None
    said = fields.fold(title)
    near = near or next(
        (t for name, t in by_title.items() if len(name) > _TELLING and said.startswith(fields.fold(name))), None
    )
    return near or next((t for t in by_title.values() if number and fields.fold(t.number) == fields.fold(number)), None)


def _span(calendars: Sequence[Calendar], own: str, year: tuple[int, int]) -> tuple[date, date]:
    """The first and the last day of the years that a title names, as the partnership's calendar has them."""
    month = next((c.first_month for c in calendars if c.id == own), 4)
    return date(year[0], month, 1), date(year[1], month, 1) - timedelta(days=1)
