"""Debian's Chromium without a window, and the accessibility engine axe-core, asked about one page at one width.

The engine (npm: axe-core, licence MPL-2.0) is a tool of the tests only and no part of the project: the file that the
environment variable AXE names, or node_modules/axe-core/axe.min.js beside this checkout's README. No page can reach a network
here.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ROOT = Path(__file__).parents[1]
PATIENCE = 180
# The page stands in a frame of the width asked for: a window cannot be as narrow as a telephone. Its own policy forbids
# scripts, so what is looked at is a copy without it; anything that the policy would have stopped is then asked for, and told.
_FRAME = """<!DOCTYPE html><html lang="en"><title>Frame</title>
<iframe title="page" style="border: 0; width: {width}px; height: 900px" src="{page}"></iframe>
<pre id="said"></pre><script>addEventListener("message", said => {{ document.getElementById("said").textContent = said.data }})
</script></html>"""
_ASK = """<script>{axe}</script><script>addEventListener("load", async () => {{
const told = await axe.run(document, {{resultTypes: ["violations", "incomplete"]}});
const where = one => one.nodes.map(node => node.html.slice(0, 200));
const short = found => found.map(one => ({{rule: one.id, help: one.help, where: where(one)}}));
const page = document.documentElement;
parent.postMessage(JSON.stringify({{
  violations: short(told.violations), unsure: short(told.incomplete), passed: told.passes.length,
  wide: page.scrollWidth, room: page.clientWidth, dark: matchMedia("(prefers-color-scheme: dark)").matches,
  asked: performance.getEntriesByType("resource").map(one => one.name)
}}), "*")
}})</script>"""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@dataclass(frozen=True)
class Seen:
    """What the engine found on a page, and how it stood in its frame."""

    violations: list[dict[str, Any]]
    unsure: list[dict[str, Any]]
    passed: int  # rules
    wide: int
    room: int
    dark: bool
    asked: list[str]  # what the page asked for from elsewhere


def axe() -> Path | None:
    """The engine, where there is one."""
    places = (Path(os.environ.get("AXE", "")), ROOT / "node_modules/axe-core/axe.min.js")
    return next((place for place in places if place.is_file()), None)


def look(page: str, width: int, folder: Path, *, dark: bool = False) -> Seen:
    """A page (its HTML) in a frame of `width` pixels, looked at by the engine. `folder` is a fresh one for what it needs."""
    engine = axe()
    assert engine and BROWSER
    whole, closed = _POLICY.subn("", page)
    assert closed <= 1 and "</body>" in whole
    asking = _ASK.format(axe=engine.read_text(encoding="utf-8"))
    (folder / "page.html").write_text(whole.replace("</body>", f"{asking}</body>"), encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(_FRAME.format(width=width, page=(folder / "page.html").as_uri()), encoding="utf-8")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000", "--virtual-time-budget=60000", "--dump-dom",
        frame.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
    said = re.search(r'<pre id="said">(.+?)</pre>', done.stdout, re.DOTALL)
    assert said, f"the engine said nothing: {done.stderr[-800:]}"
    return Seen(**json.loads(html.unescape(said[1])))
