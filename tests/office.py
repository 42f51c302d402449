"""LibreOffice as a person would use it: open a file in its own application, type, insert, move, save as .xlsx.

Driven over UNO by the Python that Debian's package binds to; skips are the caller's business (`available`).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
_OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

# One step is a list: ["type", sheet, cell, text] | ["insert rows", sheet, row, count]
# | ["insert columns", sheet, column, count] | ["move column", sheet, from, to] | ["rename", sheet, new name]
# | ["fit rows", sheet]: every row as high as LibreOffice finds right
# | ["hide rows", sheet, row, count] | ["sort down", sheet, range, column of the range] | ["recalculate", sheet]
# | ["follow", sheet, cell, cell]: where the link that the first cell says leads to is written into the second;
# rows and columns count from 1.
_SCRIPT = r"""
import json, os, sys, time, uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table import TableSortField

def prop(name, value):
    p = PropertyValue(); p.Name = name; p.Value = value
    return p

pipe, jobs = sys.argv[1], json.loads(open(sys.argv[2], encoding="utf-8").read())
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(120):
    try:
        context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        break
    except Exception:
        time.sleep(0.5)
else:
    sys.exit("LibreOffice did not answer")
desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
dispatcher = context.ServiceManager.createInstance("com.sun.star.frame.DispatchHelper")


def take(document, step):
    sheet = document.Sheets.getByName(step[1])
    if step[0] == "type":
        cell = sheet.getCellRangeByName(step[2])
        if step[3].startswith("="):
            cell.String = step[3]
        else:
            cell.FormulaLocal = step[3]
    elif step[0] == "insert rows":
        sheet.Rows.insertByIndex(step[2] - 1, step[3])
    elif step[0] == "insert columns":
        sheet.Columns.insertByIndex(step[2] - 1, step[3])
    elif step[0] == "move column":
        used = sheet.createCursor(); used.gotoEndOfUsedArea(False)
        last = used.RangeAddress.EndRow
        sheet.Columns.insertByIndex(step[3] - 1, 1)
        origin = step[2] - 1 + (1 if step[3] <= step[2] else 0)
        area = sheet.getCellRangeByPosition(origin, 0, origin, last).RangeAddress
        sheet.moveRange(sheet.getCellByPosition(step[3] - 1, 0).CellAddress, area)
        sheet.Columns.removeByIndex(origin, 1)
    elif step[0] == "rename":
        sheet.Name = step[2]
    elif step[0] == "hide rows":
        for row in range(step[2] - 1, step[2] - 1 + step[3]):
            sheet.Rows.getByIndex(row).IsVisible = False
    elif step[0] == "sort down":
        by = TableSortField(); by.Field = step[3] - 1; by.IsAscending = False
        fields = uno.Any("[]com.sun.star.table.TableSortField", (by,))
        area = sheet.getCellRangeByName(step[2])
        uno.invoke(area, "sort", ((prop("SortFields", fields), prop("ContainsHeader", False)),))
    elif step[0] == "fit rows":
        used = sheet.createCursor(); used.gotoEndOfUsedArea(False)
        sheet.getCellRangeByPosition(0, 0, 0, used.RangeAddress.EndRow).Rows.OptimalHeight = True
    elif step[0] == "recalculate":
        document.calculateAll()
    elif step[0] == "follow":
        controller = document.CurrentController
        mark = prop("Bookmark", sheet.getCellRangeByName(step[2]).String.lstrip("#"))
        dispatcher.executeDispatch(controller.Frame, ".uno:JumpToMark", "", 0, (mark,))
        sheet.getCellRangeByName(step[3]).String = controller.getSelection().AbsoluteName


try:
    for source, target, steps in jobs:
        document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, (prop("Hidden", True),))
        try:
            for step in steps:
                take(document, step)
            document.storeToURL(uno.systemPathToFileUrl(target), (prop("FilterName", "Calc MS Excel 2007 XML"),))
        finally:
            document.close(True)
finally:
    try:
        desktop.terminate()
    except Exception:
        pass
os._exit(0)  # the binding sometimes crashes while Python takes it down; the file is saved by now
"""


def available() -> bool:
    """Whether LibreOffice and its Python binding are installed."""
    if _OFFICE is None or not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


# A person in the UK has a UK office: dates are typed day first.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>en-GB</value></prop></item>
</oor:items>
"""


Job = tuple[Path, Path, Sequence[Sequence[object]]]


def edit(source: Path, target: Path, steps: Sequence[Sequence[object]] = ()) -> None:
    """Open `source` in LibreOffice Calc, do what a person would, and save as .xlsx to `target`."""
    edit_all([(source, target, steps)])


def edit_all(jobs: Sequence[Job]) -> None:
    """`edit` for many files, with LibreOffice started once."""
    assert _OFFICE
    with tempfile.TemporaryDirectory() as folder:
        script, plan = Path(folder, "drive.py"), Path(folder, "jobs.json")
        script.write_text(_SCRIPT, encoding="utf-8")
        told = [(str(source.resolve()), str(target.resolve()), list(map(list, steps))) for source, target, steps in jobs]
        plan.write_text(json.dumps(told), encoding="utf-8")
        settings = Path(folder, "profile/user/registrymodifications.xcu")
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        pipe = f"workflow{Path(folder).name}"
        office = subprocess.Popen(
            [
                _OFFICE,
                "--headless",
                "--norestore",
                "--nologo",
                f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            subprocess.run([SYSTEM_PYTHON, str(script), pipe, str(plan)], check=True, timeout=180)
        finally:
            office.terminate()
            office.wait(timeout=60)


def convert(files: Sequence[Path], kind: str, folder: Path) -> None:
    """`soffice --convert-to` for many files in one go, into `folder`."""
    assert _OFFICE
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                _OFFICE,
                "--headless",
                "--norestore",
                f"-env:UserInstallation={Path(profile).as_uri()}",
                "--convert-to",
                kind,
                "--outdir",
                str(folder),
                *map(str, files),
            ],
            check=True,
            timeout=600,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
