"""What a browser makes of `index.html` and of the letters, and what an accessibility engine finds on them: nothing.

All rules of the engine are asked, with those that are only good practice.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import browser
from tests.letter_examples import EXAMPLES, FOLDER
from tests.story import PERIODS, ran_once
from workflow.letters import KINDS, render

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(browser.BROWSER is None, reason="Chromium is not installed"),
    pytest.mark.skipif(browser.axe() is None, reason="axe-core is not installed"),
]

WIDTHS = (320, 1280)
LINK = re.compile(r'href="([^"]*)"')


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ran_once(tmp_path_factory)


def page_of(demo: Path, period: str) -> str:
    return (demo / f"outbox/{period}/index.html").read_text(encoding="utf-8")


def in_order(seen: browser.Seen, width: int) -> None:
    """No violation, nothing that the engine could not tell, nothing asked for from elsewhere, nothing beside the frame."""
    assert not seen.violations
    assert not seen.unsure
    assert seen.passed > 10
    assert not seen.asked
    assert seen.wide <= seen.room <= width, "it scrolls sideways"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_has_no_violation(demo: Path, tmp_path: Path, width: int, dark: bool) -> None:
    seen = browser.look(page_of(demo, PERIODS[-1]), width, tmp_path, dark=dark)
    assert seen.dark is dark
    in_order(seen, width)


@pytest.mark.parametrize("period", PERIODS[:-1])
def test_the_page_of_an_earlier_quarter_has_none(demo: Path, tmp_path: Path, period: str) -> None:
    in_order(browser.look(page_of(demo, period), WIDTHS[0], tmp_path), WIDTHS[0])


@pytest.mark.parametrize("period", PERIODS)
def test_every_link_leads_to_a_file_or_a_place_of_the_page(demo: Path, period: str) -> None:
    page, folder = page_of(demo, period), demo / "outbox" / period
    links = LINK.findall(page)
    assert len(links) > 30
    for link in links:
        there = f'id="{link[1:]}"' in page if link.startswith("#") else (folder / unquote(link)).is_file()
        assert there, link
    drafts = {path.name for path in folder.rglob("*.eml")}
    assert drafts <= {unquote(link).rpartition("/")[2] for link in links}


# Each of these is a defect that the engine, or the frame, must see: else the tests above could not fail.
SPOILS: dict[str, tuple[Callable[[str], str], Callable[[browser.Seen], bool]]] = {
    "contrast": (
        lambda page: page.replace("--quiet: #505050", "--quiet: #c0c0c0"),
        lambda seen: any(v["rule"] == "color-contrast" for v in seen.violations),
    ),
    "good practice": (
        lambda page: page.replace("<main ", "<div ").replace("</main>", "</div>"),
        lambda seen: any(v["rule"] == "landmark-one-main" for v in seen.violations),
    ),
    "sideways": (
        lambda page: page.replace("</h1>", f' <span style="white-space: nowrap">{"wide " * 40}</span></h1>', 1),
        lambda seen: seen.wide > seen.room,
    ),
    "from elsewhere": (
        lambda page: page.replace("</h1>", '</h1><img alt="" src="https://estuary.example/logo.png">', 1),
        lambda seen: seen.asked == ["https://estuary.example/logo.png"],
    ),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_is_wrong_is_seen(demo: Path, tmp_path: Path, spoil: str) -> None:
    change, shows = SPOILS[spoil]
    page = page_of(demo, PERIODS[-1])
    assert change(page) != page
    assert shows(browser.look(change(page), WIDTHS[0], tmp_path))


# --- letters


def letter_of(demo: Path, kind: str) -> str:
    """The HTML of a draft of the example; of a kind that its last day left no draft of, of the example context."""
    found = sorted((demo / "outbox").glob(f"*/mail/{kind}-*.eml"))
    if not found:
        return render(*next(example for example in EXAMPLES.values() if example[0] == kind), FOLDER).html
    message = email.message_from_bytes(found[-1].read_bytes(), policy=email.policy.default)
    part = next(p for p in message.walk() if p.get_content_type() == "text/html")
    return str(part.get_content())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_has_no_violation(demo: Path, tmp_path: Path, kind: str, width: int) -> None:
    in_order(browser.look(letter_of(demo, kind), width, tmp_path), width)


def test_most_letters_are_drafts_of_the_example(demo: Path) -> None:
    kinds = {path.name.partition("-")[0] for path in (demo / "outbox").glob("*/mail/*.eml")}
    assert len(kinds & set(KINDS)) >= 6
