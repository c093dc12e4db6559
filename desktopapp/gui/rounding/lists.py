"""What a rounding plan does, as lists in words: adjusted amounts, residuals left. No Qt here."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from desktopapp.core.amount import Unit, format_number
from desktopapp.core.checker import Checker
from desktopapp.core.naming import column_name, form_name, row_name
from desktopapp.core.report import Report
from desktopapp.core.rounding import RoundingPlan, printed_departures, residual_place
from desktopapp.core.template import Cell

DEPARTURES = ("表", "单元格", "准确数（元）", "四舍五入（万元）", "公布数（万元）")
RESIDUALS = ("关系", "舍入后相差（万元）")
MODES = {"controlled": "平衡舍入", "plain": "四舍五入"}
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanLists:
    """A plan in words; ``cells`` belong to ``departures`` row by row."""

    summary: str
    departures: tuple[Row, ...]
    cells: tuple[Cell, ...]
    residuals: tuple[Row, ...]


def plan_lists(report: Report, checker: Checker, plan: RoundingPlan) -> PlanLists:
    """Return what a plan adjusts and what it leaves, in the order of the forms."""
    adjusted = printed_departures(report, plan)
    departures = tuple(
        (
            form_name(report, d.cell.form),
            _cell_name(report, d.cell),
            format_number(d.exact, Unit.YUAN),
            format_number(d.plain),
            format_number(d.chosen),
        )
        for d in adjusted
    )
    residuals = []
    for name, residual in plan.residuals:
        relation = checker.relation(name)
        if relation is not None:
            residuals.append((residual_place(report, relation), format_number(residual)))
    return PlanLists(_summary(plan), departures, tuple(d.cell for d in adjusted), tuple(residuals))


def _cell_name(report: Report, cell: Cell) -> str:
    return " ".join(p for p in (row_name(report, cell.form, cell.row), column_name(report, cell)) if p)


def _summary(plan: RoundingPlan) -> str:
    if not plan.published:
        return "各表都按万元保存，没有需要舍入的金额。"
    words = f"{MODES[plan.mode]}：共 {len(plan.published)} 个金额"
    words += f"，其中 {len(plan.departures)} 个与四舍五入不同" if plan.departures else "，都是四舍五入数"
    if plan.residuals:
        return f"{words}；仍有 {len(plan.residuals)} 处尾差，属于舍入造成，不是错误。"
    return f"{words}；各表勾稽关系按公布数全部成立，没有尾差。"


def as_text(lists: PlanLists) -> str:
    """Return the lists as tab-separated text, for a spreadsheet."""
    lines = [lists.summary, "\t".join(DEPARTURES), *("\t".join(r) for r in lists.departures)]
    if lists.residuals:
        lines += ["", "\t".join(RESIDUALS), *("\t".join(r) for r in lists.residuals)]
    return "\n".join(lines)


def as_page(report: Report, lists: PlanLists) -> str:
    """Return the lists as a page for printing."""
    title = html.escape(f"{report.department} {report.year} 年度公开金额舍入清单".strip())
    parts = [f"<h2 align='center'>{title}</h2><p>{html.escape(lists.summary)}</p>"]
    if lists.departures:
        parts.append("<h3>调整的金额</h3>" + _table(DEPARTURES, lists.departures, 2))
    if lists.residuals:
        parts.append("<h3>剩余尾差</h3>" + _table(RESIDUALS, lists.residuals, 1))
    return "".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Row], numbers: int) -> str:
    """Return a table whose columns from ``numbers`` on are right-aligned."""

    def line(cells: Sequence[str], tag: str) -> str:
        aligned = ("right" if i >= numbers else "left" for i in range(len(cells)))
        return "".join(f"<{tag} align='{a}'>{html.escape(c)}</{tag}>" for a, c in zip(aligned, cells, strict=True))

    body = "".join(f"<tr>{line(r, 'td')}</tr>" for r in rows)
    head = f"<thead><tr>{line(heads, 'th')}</tr></thead>"
    return f"<table border='1' cellspacing='0' cellpadding='4' width='100%'>{head}{body}</table>"
