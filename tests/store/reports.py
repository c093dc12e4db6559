"""Reports and helpers for the tests of the store."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from desktopapp.core.checker import Verdict
from desktopapp.core.commands import InsertRow, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, Cell, Template
from desktopapp.resources import resource_root
from desktopapp.store.report_file import ReportFile, create, open_file
from desktopapp.store.template_files import load_template

TEMPLATE = "hubei-2023"
WAN = 1_000_000
#: A cell in a row that ``small_report`` has.
PAY = Cell("03", "2010301", "basic")
NAMES = {
    "201": "一般公共服务支出",
    "20103": "政府办公厅（室）及相关机构事务",
    "2010301": "行政运行",
    "2010302": "一般行政管理事务",
    "208": "社会保障和就业支出",
    "20805": "行政事业单位养老支出",
    "2080505": "机关事业单位基本养老保险缴费支出",
}


@lru_cache(maxsize=4)
def load(template_id: str) -> Template:
    """Return a template of the program."""
    return load_template(resource_root() / "templates", template_id)


def small_report() -> Report:
    """Return a report with a few rows, amounts, automatic cells, last year's amounts and texts."""
    report = new_report(load(TEMPLATE), 2023, "示例市财政局", {"text.duties": "贯彻执行……", "list": [1, {"a": None}]})
    engine = Engine(report, rule_book(report.template))
    engine.start_automatic()
    for form in ("02", "03", "05"):
        for code, name in NAMES.items():
            engine.apply(InsertRow(form, code, name))
    engine.apply(InsertRow(f"{LAST}03", "2010301", "行政运行", automatic=False))
    amounts = {
        Cell("03", "2010301", "basic"): 83 * WAN,
        Cell("03", "2010302", "project"): 12 * WAN + 340_000,
        Cell("03", "2080505", "basic"): 9 * WAN,
        Cell("02", "2010301", "fiscal"): 95 * WAN,
        Cell(f"{LAST}03", "2010301", "basic"): 80 * WAN,
    }
    engine.apply(SetCells(tuple((cell, amount, False) for cell, amount in amounts.items())))
    return report


def large_report(count: int) -> Report:
    """Return a report with about so many rows by code in form 03: classes, sections and items, all filled."""
    report = new_report(load(TEMPLATE), 2023, "大部门")
    rows = report.rows_of("03")
    items = 0
    for code in (f"{c}" for c in range(201, 900)):
        for section in range(1, 11):
            for item in ("", *(f"{i:02d}" for i in range(1, 11))):
                if items >= count:
                    return report
                for row in (code, f"{code}{section:02d}", f"{code}{section:02d}{item}"):
                    if row not in rows:
                        rows.insert(row, f"项目{row}", len(rows))
                        items += 1
                        for col in ("total", "basic"):
                            report.amounts[Cell("03", row, col)] = WAN * 10 ** (7 - len(row))
    return report


def make_file(folder: Path, name: str = "决算2023.juesuan") -> Path:
    """Return the path of a new file with the small report."""
    path = folder / name
    path.write_bytes(_small_file())
    return path


@lru_cache(maxsize=1)
def _small_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.juesuan"
        create(path, small_report(), user="张三")
        return path.read_bytes()


def reopen(path: Path, *, read_only: bool = False) -> ReportFile:
    """Open a file as the program does."""
    return open_file(path, load, read_only=read_only, user="李四")


def contents(report: Report) -> dict[str, object]:
    """Return everything in a report as plain values that can be compared."""
    return {
        "template": report.template.id,
        "head": (report.year, report.department),
        "amounts": dict(report.amounts),
        "auto": set(report.auto),
        "rows": {f: [(r, rows.name(r)) for r in rows] for f, rows in report.rows.items() if len(rows)},
        "grains": {f: g for f, g in report.grains.items() if g != 10_000},
        "settings": {k for k, on in report.settings.items() if on},
        "fields": dict(report.fields),
    }


def verdicts(engine: Engine) -> dict[str, tuple[Verdict, int, int]]:
    """Return verdict, residual and tolerance of every relation by its id."""
    checker = engine.checker
    return {r.id: (checker.verdict(r), checker.residual(r), checker.tolerance(r)) for r in checker.relations()}
