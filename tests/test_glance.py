"""The quarter at a glance: a page that is whole, reads well with any tool, links to everything, and never obeys a text."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import small as s
from tests.letter_examples import PARTNERSHIP, PERIOD
from tests.small import Q2, ROOT, Small
from tests.test_text_stays_text import NASTY
from workflow import letters, writer
from workflow.errors import WorkflowError
from workflow.letters import Glance, Kind, Link
from workflow.model import Balance
from workflow.pipeline import glance
from workflow.post import one_line

FOLDER = ROOT / "templates/pages"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = {"meta", "br"}
ODD = "A paper #1 100% <b>é.txt"


class Page(HTMLParser):
    """The page read strictly: its elements in order, the text of each, every one closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, ...]] = []
        self.open: list[str] = []
        self.text = self.style = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tuple(self.open))
        if tag not in VOID:
            self.open.append(tag)
        self.text += " " * (tag not in {"strong", "span"})

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def shape(self) -> list[str]:
        return [tag for tag, _ in self.elements]


def asked(small: Small) -> None:
    """A quarter with something held, something asked, a conflict-free return, and a file that cannot be read."""
    small.issue()
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    small.returns("housing")
    small.arrive("notes.pdf", b"%PDF-1.7 nothing", None)
    small.collate()


@pytest.fixture
def collated(tmp_path: Path) -> Small:
    return s.begun(tmp_path / "small", asked)


def html_of(small: Small) -> str:
    return (small.root / f"outbox/{Q2}/index.html").read_text(encoding="utf-8")


def test_it_is_whole_and_reads_well(collated: Small) -> None:
    page = Page(html_of(collated))
    html = page.elements[0]
    assert html == ("html", {"lang": "en-GB"})
    assert [page.shape.count(tag) for tag in ("h1", "title", "main", "nav", "header", "footer")] == [1] * 6
    levels = [int(tag[1]) for tag in page.shape if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert page.shape.count("table") == page.shape.count("caption") > 1
    assert all(th.get("scope") in {"row", "col"} for th in page.all("th"))
    assert page.all("nav")[0]["aria-label"]
    ids = [str(attrs["id"]) for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    first = page.all("a")[0]
    assert (first["href"], first["class"]) == ("#main", "skip")
    here = {str(a["href"])[1:] for a in page.all("a") if str(a["href"]).startswith("#")}
    assert here <= set(ids)
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert {section["aria-labelledby"] for section in page.all("section")} <= set(ids)


def test_it_needs_nothing_from_elsewhere_and_forbids_it(collated: Small) -> None:
    page = Page(html_of(collated))
    assert not {"script", "img", "link", "iframe", "form", "object", "base", "svg"} & set(page.shape)
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|https?:", html_of(collated))
    keys = {key for _, attrs in page.elements for key in attrs}
    assert not {key for key in keys if key.startswith("on") or key in {"src", "style"}}


def test_its_colours_stand_out() -> None:
    style = Page(letters.page(told(), FOLDER)).style
    themes = re.findall(r":root \{([^}]*)\}", style)
    assert len(themes) == 3  # light, dark, paper
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert set(re.findall(r"#\w{3,8}", style)) == {c for theme in themes for c in re.findall(r"#\w{6}", theme)}
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): #(\w{6})", theme))
        for over in ("page", "band"):
            for name in ("text", "quiet", "link", "seen"):
                assert writer.contrast(colours[name], colours[over]) >= 4.5, (name, over)


def test_it_says_how_the_quarter_stands(collated: Small) -> None:
    text = " ".join(Page(html_of(collated)).text.split())
    run = s.run_json(collated)
    received = sum(p["state"] in ("returned", "nil return", "part returned") for p in run["partners"])
    assert f"Returns in {received} of {len(run['partners'])} Late 1" in text
    for finding in run["findings"]:
        assert one_line(finding["message"]) in text
    assert "Youth Offending Service Late: 3 days late" in text
    assert "Held. Actions, cell" in text
    assert "notes.pdf" in text


def test_every_file_and_draft_is_linked_and_every_link_leads_somewhere(collated: Small) -> None:
    folder = collated.root / "outbox" / Q2
    (folder / ODD).write_text("a person's own")
    (folder / "javascript:alert(1)").write_text("x")
    (folder / "~$lock.xlsx").write_text("x")
    collated.collate()
    hrefs = [str(a["href"]) for a in Page(html_of(collated)).all("a") if not str(a["href"]).startswith("#")]
    assert all(re.fullmatch(r"[\w./~%-]+", href) for href in hrefs)
    standing = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {unquote(href) for href in hrefs} == standing - {"index.html", "~$lock.xlsx"}


def test_the_same_state_gives_the_same_bytes(collated: Small) -> None:
    first = html_of(collated)
    collated.collate()
    assert html_of(collated) == first
    (collated.root / f"outbox/{Q2}/index.html").unlink()
    collated.collate()
    assert html_of(collated) == first


def test_a_persons_edit_is_left_alone(collated: Small) -> None:
    path = collated.root / f"outbox/{Q2}/index.html"
    path.write_text("mine")
    collated.collate()
    collated.collate()
    assert path.read_text() == "mine"
    assert len(list(path.parent.glob("index (new*.html"))) == 1


def test_another_partnership_changes_it_without_code(collated: Small) -> None:
    template = collated.root / glance.PAGES / letters.PAGE_TEMPLATE
    whole = template.read_text(encoding="utf-8")
    template.write_text(whole.replace("What to do next</h2>", "Now</h2>"), encoding="utf-8")
    collated.collate()
    assert "Now</h2>" in html_of(collated)
    template.write_text(whole.replace("{{ partnership.name }}", "{{ partnership.nam }}"), encoding="utf-8")
    with pytest.raises(WorkflowError, match=r'index\.html\.j2, line \d+, uses the word "nam"'):
        collated.collate()
    shutil.rmtree(template.parent)  # a workspace older than the page
    collated.collate()
    assert "What to do next</h2>" in html_of(collated)


# --- what is typed by others


def told() -> Glance:
    """Something of everything that the page can be told."""
    made = letters.ReturnLine("Police", "In part", "1 of 2 rows", False, 1, 2, ("Actions, 1.1: RAG",))
    found = (letters.OfPartner("Police", (letters.Told("Q-ABCDEF", "Actions, cell H9: you entered it.", True),)),)
    return Glance(
        partnership=PARTNERSHIP, period=PERIOD, closed=date(2023, 12, 1),
        today="23 Oct 2023",
        received=1, asked=3,
        balance=Balance(4, 1, 1, 1, 1), steps=("Look.",), returns=(made,), held=found, queries=found, notes=found,
        conflicts=found, corrections=("1 value",), others=("Q1: some",), remarks=("Mind.",),
        unread=(letters.NotTaken("inbox/x", "refused", "It is a PDF."),),
        links=(Kind("Papers", (Link("x.xlsx", "x.xlsx"),)),),
    )  # fmt: skip


def with_text(value: object, text: str) -> Any:
    """The same with every text in it replaced, but for links, which are encoded before."""
    if isinstance(value, Link):
        return Link(text, value.href)
    if isinstance(value, str):
        return text
    if isinstance(value, Mapping):
        return {name: with_text(inner, text) for name, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: with_text(getattr(value, f.name), text) for f in fields(value)})
    return tuple(with_text(inner, text) for inner in value) if isinstance(value, tuple) else value


PLAIN = Page(letters.page(cast(Glance, with_text(told(), "x")), FOLDER))


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.sampled_from(NASTY), st.text(max_size=200)))
def test_nothing_that_anybody_types_becomes_markup(text: str) -> None:
    page = Page(letters.page(cast(Glance, with_text(told(), text)), FOLDER))
    assert page.elements == PLAIN.elements or not one_line(text)
    shown = " ".join(one_line(text, letters.VALUE_LIMIT).split())
    assert shown in " ".join(page.text.split())


def test_every_nasty_text_stays_text() -> None:
    for text in NASTY:
        page = Page(letters.page(cast(Glance, with_text(told(), text)), FOLDER))
        assert page.elements == PLAIN.elements or not one_line(text), text


def test_a_long_link_is_not_cut(tmp_path: Path) -> None:
    name = "é" * 120 + ".txt"
    (tmp_path / name).write_text("x")
    page = Page(letters.page(cast(Glance, {**told(), "links": glance._links(tmp_path)}), FOLDER))
    assert name in {unquote(str(a["href"])) for a in page.all("a")}


# --- in a browser

MEASURE = """<!DOCTYPE html><body><iframe id="f" style="width:{width}px;height:900px;border:0" src="{page}"></iframe><script>
onload = () => {{ const d = document.getElementById("f").contentDocument.documentElement;
document.title = "wide " + d.scrollWidth + " of " + d.clientWidth; }};</script>"""


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.skipif(not BROWSER, reason="needs chromium")
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("long", [False, True])
def test_it_does_not_scroll_sideways(tmp_path: Path, width: int, long: bool) -> None:
    text = "W" * 300 if long else "Office of the Police, Fire and Crime Commissioner"
    (tmp_path / "index.html").write_text(letters.page(cast(Glance, with_text(told(), text)), FOLDER), encoding="utf-8")
    (tmp_path / "wrap.html").write_text(MEASURE.format(width=width, page=(tmp_path / "index.html").as_uri()), encoding="utf-8")
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
               f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,1000", "--dump-dom"]  # fmt: skip
    command.append((tmp_path / "wrap.html").as_uri())
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    measured = re.search(r"<title>wide (\d+) of (\d+)</title>", done.stdout)
    assert measured, done.stderr[-500:]
    assert int(measured[1]) <= int(measured[2]) <= width
