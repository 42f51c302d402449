"""Letters: every kind renders, reads well, says only what it may, and nothing typed by a partner becomes markup."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import jinja2
import jinja2.meta
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.letter_examples import (
    CHASER,
    CLERK,
    EXAMPLES,
    FOLDER,
    PERIOD,
    QUERIES,
    QUERY,
    RECEIPT,
    RECEIPT_CLEAN,
    THANKS,
)
from tests.letter_pages import Page, strings, words
from workflow import letters
from workflow.errors import WorkflowError
from workflow.letters import KINDS, WIDTH, PackFile, Query, render
from workflow.post import one_line

PARTNER_KINDS = [k for k, subject in KINDS.items() if subject.startswith("_subject-partner")]
NASTY = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></tr></table><h1>Paid</h1>",
    "<a href='javascript:x'>here</a>", "javascript:alert(1)", "http://evil.example/?a=1&b=2", "{{ partner }} {% for x in y %}",
    "a\r\nBcc: evil@evil.example\r\n\r\nb", "=?utf-8?q?a=0D=0ABcc:_evil=40evil.example?=", "-->\u202egnp.exe\u0000\x1b[31m",
    "x\ud800\u2028\u2029\x85", "&lt;b&gt; &#x3c;b>", "x" * 5000, "]]><![CDATA[<b>",
    "<!-- <!doctype html> --><style>*{display:none}</style>", "\n\n\n\n- Accepted: 999\n\n\n",
)  # fmt: skip


# The words of a context that choose between sentences.
KEPT = frozenset({"nothing received", "public", "partnership", "Actions", "Measures", "file", "template", "sender"})


def with_text(value: object, text: str) -> object:
    """The same context with every piece of text in it replaced, but for the words that choose between sentences."""
    if isinstance(value, str):
        return value if not value or value in KEPT else text
    if isinstance(value, Mapping):
        return {name: with_text(inner, text) for name, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: with_text(getattr(value, f.name), text) for f in fields(value)})
    if isinstance(value, tuple | list):
        return tuple(with_text(inner, text) for inner in value)
    return value


# --- what it says


@pytest.mark.parametrize("name", EXAMPLES)
def test_golden_text(name: str, golden: Callable[[str, str], None]) -> None:
    letter = render(*EXAMPLES[name], FOLDER)
    golden(f"letters/{name}.txt", f"Subject: {letter.subject}\n\n{letter.text}")


def test_every_kind_has_an_example_and_both_templates() -> None:
    assert {kind for kind, _ in EXAMPLES.values()} == set(KINDS) == set(letters.CONTEXTS)
    for kind in KINDS:
        assert (FOLDER / f"{kind}.txt.j2").exists()
        assert (FOLDER / f"{kind}.html.j2").exists()


@pytest.mark.parametrize("name", EXAMPLES)
def test_text_reads_well(name: str) -> None:
    text = render(*EXAMPLES[name], FOLDER).text
    lines = text.split("\n")
    assert all(len(line) <= WIDTH for line in lines)
    assert not re.search(r"\n\n\n|[ \t]\n|\{|\}|None|\bTrue\b", text)
    assert text == text.strip() + "\n"
    assert not re.search(r"(?i)dear ,|: ,|\( |\bsuccess|\b1 (rows|days|questions|points)\b| 0 (rows|days)", text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_html_is_whole_and_accessible(name: str) -> None:
    letter = render(*EXAMPLES[name], FOLDER)
    page = Page(letter.html)
    assert page.elements[0] == ("html", (("lang", "en-GB"),))
    assert page.shape.count("h1") == page.shape.count("title") == 1
    assert not {"img", "a", "script", "link", "iframe", "form", "object", "base"} & set(page.shape)
    keys = {key for _, attrs in page.elements for key, _ in attrs}
    known = {"lang", "charset", "name", "content", "style", "scope", "class", "border", "cellpadding", "cellspacing", "role"}
    assert keys <= known
    assert [value for _, attrs in page.elements for key, value in attrs if key == "role"] == ["main"]
    for tag, attrs in page.elements:
        if tag == "th":
            assert dict(attrs)["scope"] in {"row", "col"}
    assert page.shape.count("table") <= page.shape.count("th")
    headings = [int(tag[1]) for tag in page.shape if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert letter.subject in page.text


@pytest.mark.parametrize("name", EXAMPLES)
def test_text_and_html_say_the_same(name: str) -> None:
    kind, context = EXAMPLES[name]
    letter = render(kind, context, FOLDER)
    text, html = words(letter.text), words(Page(letter.html).text)
    own = {key: value for key, value in context.items() if key not in {"partnership", "period", "partner", "board", "state"}}
    for said in strings(own):
        if said not in {"Actions", "Measures"}:
            assert (words(said) in text) == (words(said) in html), said
    points = {"1", "2", "3", "4", "5"}  # HTML numbers its lists itself
    assert set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", html)) | points


def test_everything_owed_and_asked_is_said() -> None:
    text = words(render("query", QUERY, FOLDER).text)
    for said in [*strings(QUERIES), *RECEIPT["missing"], *RECEIPT["files"], QUERY["marked_up"]]:
        assert words(said) in text
    chaser = words(render("chaser", CHASER, FOLDER).text)
    assert all(line in chaser for line in CHASER["missing"])
    assert chaser.startswith("Reminder")
    assert "4 days ago" in chaser
    assert CHASER["deputy"] in chaser


@pytest.mark.parametrize("missing", [(), ("Measures: a value",), tuple(f"Row {n}" for n in range(60))])
@pytest.mark.parametrize("queries", [(), QUERIES])
@pytest.mark.parametrize("held", [0, 2])
@pytest.mark.parametrize("after", [-30, -1, 0, 1, 30])
def test_nothing_more_to_do_only_when_nothing_is_wrong(
    missing: tuple[str, ...], queries: tuple[Query, ...], held: int, after: int
) -> None:
    today = PERIOD.papers_date + timedelta(after)
    context = {**RECEIPT_CLEAN, "missing": missing, "queries": queries, "held": held, "today": today}
    letter = render("receipt", context, FOLDER)
    wrong = bool(missing or queries or held)
    for body in (letter.text, Page(letter.html).text):
        assert ("nothing more" in words(body)) != wrong
        assert ("part of your return" in words(body)) == bool(missing)
        assert not re.search(r"(?i)success|complete|all in|no problem", body)
    thanks = render("thanks", {**THANKS, "missing": missing}, FOLDER).text
    assert ("nothing more" in words(thanks)) == thanks.startswith("Thank you") == (not missing)


def test_clerk_words_for_accessibility_and_withheld() -> None:
    text = words(render("clerk", CLERK, FOLDER).text)
    assert "passes the checks that can be tested" in text
    assert "does not pass 1 check: Sheet Actions has an empty column" in text
    assert "3 entries are left out" in text
    assert "is accessible" not in text
    clean = {**CLERK, "withheld": 0, "files": (PackFile("a.xlsx", 900, "public"),)}
    text = words(render("clerk", clean, FOLDER).text)
    assert "Nothing was left out" in text
    assert "not for publication" not in text
    assert "1 KB" in text


# --- the subject


def test_partner_subject_is_the_same_bytes_all_quarter() -> None:
    subjects = {render(kind, {**context, "today": day}, FOLDER).subject.encode()
                for kind, context in EXAMPLES.values() if kind in PARTNER_KINDS
                for day in (date(2023, 10, 2), date(2023, 12, 1))}  # fmt: skip
    assert subjects == {b"Estuary CSP: your return for Q2 2023/24 [CSP-2023-24-Q2-police]"}


def test_subject_prefix_comes_first() -> None:
    marked = replace(CHASER["partnership"], subject_prefix="OFFICIAL:")
    assert render("chaser", {**CHASER, "partnership": marked}, FOLDER).subject.startswith("OFFICIAL: Estuary CSP:")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A coordinator's own copy of the templates."""
    return shutil.copytree(FOLDER, tmp_path / "emails")


def test_subject_cannot_use_what_changes_in_the_quarter(copy: Path) -> None:
    (copy / "_subject-partner.txt.j2").write_text("Reminder, {{ days_late }} days late")
    with pytest.raises(WorkflowError, match=r'_subject-partner\.txt\.j2, line 1.*"days_late"'):
        render("chaser", CHASER, copy)


# --- templates that a coordinator edits


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["txt", "html"])
def test_templates_use_only_the_words_of_their_context_and_document_them_all(kind: str, ending: str) -> None:
    environment = jinja2.Environment()  # only parsed, never rendered
    environment.filters.update(dict.fromkeys(("plural", "by_sheet", "size"), str))
    names = set(get_type_hints(letters.CONTEXTS[kind]))
    source = (FOLDER / f"{kind}.{ending}.j2").read_text()
    used = jinja2.meta.find_undeclared_variables(environment.parse(source))
    assert used <= names
    comment = source[: source.index("#}")]
    assert source.startswith("{#")
    assert [name for name in sorted(names) if name not in comment] == []


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n in KINDS])
def test_a_missing_word_is_named_with_its_template(name: str) -> None:
    kind, context = EXAMPLES[name]
    used = 0
    for word in set(context) - {"addressee", "today", "deputy", "template", "action"}:
        with pytest.raises(WorkflowError) as caught:
            render(kind, {key: value for key, value in context.items() if key != word}, FOLDER)
        assert f'"{word}"' in str(caught.value)
        assert re.search(r"\.j2, line \d+", str(caught.value))
        used += 1
    assert used


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("line one\n{{ duedate }}", r'chaser\.txt\.j2, line 2, uses the word "duedate"'),
        ("{{ period.duedate }}", r'chaser\.txt\.j2, line 1, uses the word "duedate"'),
        ("a\n{% if %}", r"chaser\.txt\.j2, line 2, cannot be understood"),
        ("{{ missing | urlize }}", r"No filter named 'urlize'"),
        ("{{ partner.name | safe }}", r"No filter named 'safe'"),
        ("{{ missing + 1 }}", r"chaser\.txt\.j2, line 1, cannot be filled"),
        ("{{ 1 // 0 }}", r"chaser\.txt\.j2, line 1, cannot be filled"),
        ("{{ ''.__class__.__mro__ }}", r"chaser\.txt\.j2"),
        ("{% include '_gone.j2' %}", r"_gone\.j2 is missing"),
        ("{% include 'chaser.txt.j2' %}", r"chaser\.txt\.j2"),
    ],
)
def test_a_broken_template_is_one_sentence_about_the_file(copy: Path, source: str, said: str) -> None:
    (copy / "chaser.txt.j2").write_text(source)
    with pytest.raises(WorkflowError, match=said) as caught:
        render("chaser", CHASER, copy)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_and_a_wrong_encoding_are_sentences(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match="is missing"):
        render("chaser", CHASER, tmp_path / "nowhere")
    (copy / "chaser.txt.j2").write_bytes("£5".encode("cp1252"))
    with pytest.raises(WorkflowError, match="UTF-8"):
        render("chaser", CHASER, copy)


def test_notepad_is_welcome(copy: Path) -> None:
    path = copy / "chaser.txt.j2"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert render("chaser", CHASER, copy) == render("chaser", CHASER, FOLDER)


def test_an_edit_is_taken_up_at_once(copy: Path) -> None:
    before = render("chaser", CHASER, copy)
    path = copy / "_sign-off.txt.j2"
    path.write_text(path.read_text().replace("Kind regards", "With thanks"))
    assert render("chaser", CHASER, copy).text == before.text.replace("Kind regards", "With thanks")


# --- nothing typed becomes markup


@pytest.mark.parametrize("nasty", NASTY, ids=lambda s: ascii(s)[:30])
@pytest.mark.parametrize("name", EXAMPLES)
def test_nasty_text_adds_no_element_attribute_or_line(name: str, nasty: str) -> None:
    kind, context = EXAMPLES[name]
    safe = {**context, "partnership": replace(CHASER["partnership"], label="label", phone="1")}
    attacked = with_text(safe, nasty)
    assert isinstance(attacked, dict)
    plain, attacked_letter = render(kind, with_text(safe, "x"), FOLDER), render(kind, attacked, FOLDER)  # type: ignore[arg-type]
    assert Page(attacked_letter.html).elements == Page(plain.html).elements
    assert "\n" not in attacked_letter.subject
    assert len(attacked_letter.subject) <= 200
    for body in (attacked_letter.text, attacked_letter.html):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", body)
    assert render(kind, with_text(safe, one_line(nasty)), FOLDER) == attacked_letter  # type: ignore[arg-type]  # no new line


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters() | st.sampled_from("<>&\"'{}%#\r\n=?\ud800\u202e"), min_size=1, max_size=80))
def test_any_text_stays_text(text: str) -> None:
    context = {**QUERY, "queries": (Query(text, text, text, held=True),), "files": (text,), "missing": (text,)}
    plain = {**QUERY, "queries": (Query("x", "x", "x", held=True),), "files": ("x",), "missing": ("x",)}
    letter = render("query", context, FOLDER)
    page = Page(letter.html)
    assert page.elements == Page(render("query", plain, FOLDER).html).elements
    letter.text.encode()
    shown = one_line(text, letters.VALUE_LIMIT)
    assert shown in " ".join(page.text.split())


def test_other_partners_are_never_in_the_context_of_a_partner_letter() -> None:
    for kind in PARTNER_KINDS:
        hints = get_type_hints(letters.CONTEXTS[kind])
        assert "board" not in hints
        assert not re.search(r"Register|Sequence\[workflow\.model\.register", str(hints))
