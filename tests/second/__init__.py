"""A second partnership, made of its own register, forms and templates: colleges, employers and councils, in three terms.

`make(folder)` copies the templates that came with the program, puts what stands in `templates/` over them and makes the
changes of `edits.toml`, as a coordinator would, and writes the register from `register/`.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

from tests.small import ROOT, Small

HERE = Path(__file__).parent
SETTINGS = 'workspace_id = "second"\nlayouts = ["1"]\n'
AUTUMN, SPRING, SUMMER = "2025-26-T1", "2025-26-T2", "2025-26-T3"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of one source file."""
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["row"]
    return rows


def register_rows() -> dict[str, list[dict[str, Any]]]:
    """The register as rows by its own forms; the items of each return form stand in a file of their own."""
    sheets = {path.stem: rows_of(path) for path in sorted((HERE / "register").glob("*.toml"))}
    kinds = [name for name in sheets if name.startswith("items-")]
    items = [{**row, "form": kind.removeprefix("items-")} for kind in kinds for row in sheets.pop(kind)]
    return {**sheets, "items": items}


def write_templates(folder: Path) -> None:
    """The shipped templates with what this partnership has otherwise. None of the shipped return forms is among them, nor the
    reports, which are of those forms."""
    own = ["returns", "reports"]
    shutil.copytree(ROOT / "templates", folder, ignore=lambda where, _: own if Path(where).name == "templates" else [])
    shutil.copytree(HERE / "templates", folder, dirs_exist_ok=True)
    for edit in tomllib.loads((HERE / "edits.toml").read_text(encoding="utf-8"))["edit"]:
        path = folder / edit["file"]
        text = path.read_text(encoding="utf-8")
        assert edit["ours"] in text, f"{edit['file']} has no {edit['ours']!r} any more"
        path.write_text(text.replace(edit["ours"], edit["theirs"]), encoding="utf-8")


def make(root: Path) -> Small:
    """Write the workspace into a folder that is not there yet."""
    write_templates(root / "templates")
    for name in ("config", "inbox", "outbox"):
        (root / name).mkdir()
    (root / "config/workflow.toml").write_text(SETTINGS, encoding="utf-8")
    second = Small(root)
    second.write_register(register_rows())
    return second
