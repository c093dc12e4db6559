"""Makes the stored file of the current version in tests/data; run once per released version.

``python -m tests.store.make_stored_file`` writes ``report-VERSION.juesuan`` and, beside it, what is in it as JSON. A
file of a released version is never made anew: it is what users have on their disks.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desktopapp.core.commands import Batch, DeleteRow, InsertRow, RenameRow, SetField, SetGrain, SetSetting, typed
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.store.report_file import create, open_file
from desktopapp.store.schema import SCHEMA
from tests.conftest import ROOT
from tests.store.reports import PAY, WAN, contents, load, small_report

DATA = ROOT / "tests" / "data" / "store"


def as_json(report: Report) -> dict[str, Any]:
    """Return everything in a report as JSON values that can be compared."""
    raw = contents(report)
    raw["amounts"] = [[*cell, fen] for cell, fen in sorted(report.amounts.items())]
    raw["auto"] = sorted(map(list, report.auto))
    raw["settings"] = sorted(k for k, on in report.settings.items() if on)
    result: dict[str, Any] = json.loads(json.dumps(raw))
    return result


def main() -> None:
    """Write a file that has something in every table."""
    path = DATA / f"report-{SCHEMA.version}.juesuan"
    if path.exists():
        sys.exit(f"{path} is there already: a stored file stays as it was released")
    DATA.mkdir(parents=True, exist_ok=True)
    moment = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    def clock() -> datetime:
        nonlocal moment
        moment += timedelta(minutes=1)
        return moment

    create(path, small_report(), user="张三", clock=clock)
    with open_file(path, load, backup=False, user="李四", clock=clock) as file:
        file.apply(typed(PAY, 77 * WAN))
        file.apply(InsertRow("03", "2010399", "其他政府办公厅（室）及相关机构事务支出"))
        file.apply(
            Batch("粘贴 2 格", (typed(Cell("03", "2010399", "project"), 5 * WAN), SetField("text.extra", "补充")))
        )
        file.apply(DeleteRow("05", "2080505"))
        file.apply(SetSetting("all_administrative", True))
        file.apply(SetGrain("05", 1))
        file.apply(RenameRow("03", "2010302", "一般行政管理事务（改）"))
        file.apply(typed(PAY, 1 * WAN))
        file.undo()
        file.apply(typed(PAY, 78 * WAN))
        file.apply(typed(PAY, 79 * WAN))
        file.undo()
        wanted = as_json(file.report)
    Path(path.with_suffix(".json")).write_text(
        json.dumps(wanted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    main()
