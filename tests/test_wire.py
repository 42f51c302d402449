"""What passes between the process that reads files and ours: it comes through whole, and nothing else is believed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import small as s
from workflow import config
from workflow.model import Answer, Finding, Grid, Place, Severity, Submission, SubmissionState
from workflow.pipeline import wire
from workflow.pipeline.verdict import json_text

FORMS = config.load_forms(s.ROOT / "templates/returns")
SHA = "ab" * 32
TEXTS = st.text(max_size=60)
VALUES = st.one_of(
    st.none(), TEXTS, st.booleans(), st.integers(-(10**9), 10**9), st.dates(), st.decimals(-9999, 9999, places=2)
)
LEAF = Submission(
    SHA,
    "inbox/mail.eml",
    "a > b.xlsx",
    "",
    "",
    "2023-10-05",
    SubmissionState.REFUSED,
    received="2023-10-05",
    container="cd" * 32,
)


@st.composite
def leaves(draw: st.DrawFn) -> Submission:
    place = Place(LEAF.place, draw(TEXTS), draw(st.sampled_from(["", "A1", "XFD1048576"])))
    answers = tuple(
        Answer("actions", draw(TEXTS), draw(st.sampled_from(["rag", "status", "rag@housing"])), value, draw(TEXTS), place, "")
        for value in draw(st.lists(VALUES, max_size=4))
    )
    found = Finding("row-key-unknown", Severity.STOP, draw(TEXTS), (place,), "police", items=("A-1",), found=draw(TEXTS))
    return replace(
        LEAF,
        partner=draw(TEXTS),
        state=draw(st.sampled_from(SubmissionState)),
        reason=draw(TEXTS),
        answers=answers,
        blanks=draw(st.integers(0, 99)),
        findings=(found,) * draw(st.integers(0, 2)),
        grids={"actions": Grid("Actions", {"rag": 3}, {"A-1": 9})},
        sender=draw(TEXTS),
        code=draw(TEXTS),
        quiet=draw(st.booleans()),
    )


@given(leaves())
def test_a_leaf_comes_through_whole(leaf: Submission) -> None:
    assert wire.leaf_in(wire.said(wire.leaf_out(3, leaf)), LEAF, FORMS) == leaf


@given(TEXTS, st.binary(max_size=200), st.lists(TEXTS, max_size=3))
def test_a_request_comes_through_whole(file: str, data: bytes, skip: list[str]) -> None:
    request = wire.Request(file, date(2023, 10, 5), tuple(skip))
    assert wire.request_in(wire.request_out(request, data)) == (request, data)


@given(st.lists(st.tuples(st.one_of(st.none(), st.text(st.characters(categories=["L", "N", "P"]))), st.just(SHA)), max_size=5))
def test_leaves_are_listed_with_a_name_each_or_not_believed(listed: list[tuple[str | None, str]]) -> None:
    meant = tuple(wire.Listed(*one) for one in listed)
    frame = wire.listed_out(meant)
    if meant and len({leaf.part for leaf in meant}) == len(meant):
        assert wire.listed_in(wire.said(frame)) == meant
    else:
        with pytest.raises(wire.NotBelievedError):
            wire.listed_in(wire.said(frame))


# --- what is not believed

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@given(st.data())
def test_a_leaf_with_anything_in_the_place_of_one_thing_is_believed_or_not_and_never_an_error(data: st.DataObject) -> None:
    words = json.loads(wire.leaf_out(0, data.draw(leaves())))
    change_one_thing(words, data)
    try:
        leaf = wire.leaf_in(wire.said(json.dumps(words).encode()), LEAF, FORMS)
    except wire.NotBelievedError:
        return
    assert (leaf.sha256, leaf.file, leaf.part, leaf.container) == (LEAF.sha256, LEAF.file, LEAF.part, LEAF.container)
    for answer in leaf.answers:
        assert FORMS[answer.form].has(answer.field.partition("@")[0])
        assert isinstance(answer.raw, str)
    assert all(isinstance(f.message, str) and isinstance(f.severity, Severity) for f in leaf.findings)


def change_one_thing(words: Any, data: st.DataObject) -> None:
    """Put anything at all in the place of one thing, however deep."""
    while True:
        places = list(range(len(words))) if isinstance(words, list) else sorted(words)
        at = data.draw(st.sampled_from(places))
        inner = words[at]
        if isinstance(inner, list | dict) and inner and data.draw(st.booleans()):
            words = inner
        else:
            words[at] = data.draw(JSON)
            return


@given(st.binary(max_size=300))
def test_noise_is_not_believed(noise: bytes) -> None:
    with pytest.raises(wire.NotBelievedError):
        wire.said(noise)


@pytest.mark.parametrize(
    "frame",
    [
        b"[" * 200_000,
        b'["leaf"' + b" " * wire.MOST_BYTES,
        b'{"leaf": 1}',
        b'["else"]',
        b"[]",
        b"null",
        b'"leaf"',
        b"[[]]",
        b"\xff\xfe",
    ],
    ids=lambda frame: str(frame[:12]),
)
def test_what_is_no_word_of_ours_is_not_believed(frame: bytes) -> None:
    with pytest.raises(wire.NotBelievedError):
        wire.said(frame)


def test_another_leaf_than_was_listed_is_not_believed() -> None:
    words = wire.said(wire.leaf_out(0, replace(LEAF, sha256="cd" * 32)))
    with pytest.raises(wire.NotBelievedError):
        wire.leaf_in(words, LEAF, FORMS)


@given(st.text(), st.text())
def test_json_for_a_terminal_says_the_same_and_nothing_that_it_obeys(key: str, value: str) -> None:
    text = json_text({key: [value]})
    assert json.loads(text) == {key: [value]}
    assert all(c.isprintable() or c == "\n" for c in text)
