"""The report's figures in a workbook: their amounts on one sheet, with charts that can be edited there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.narrative.document import Chart, Figure
from desktopapp.writers.figure_svg import FILLS
from desktopapp.writers.xlsx_names import safe_text

CHART_SHEET = "图表数据"
_KINDS = {"bars": "column", "grouped": "column", "pie": "pie", "lines": "line"}
#: Patterns beside the colours, so that series differ in black and white too.
_PATTERNS = ("", "wide_upward_diagonal", "", "percent_20", "", "diagonal_cross", "", "dark_vertical")
_FONT = "宋体"
#: Rows that one chart takes at least, and its size in pixels.
_ROWS, _WIDTH, _HEIGHT = 18, 620, 330


def write_charts(book: Workbook, figures: Sequence[Figure]) -> None:
    """Add a sheet with the amounts of all figures in 万元 and one native chart each; nothing without figures."""
    if not figures:
        return
    sheet = book.add_worksheet(CHART_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 6, 14)
    bold = book.add_format({"bold": True, "font_name": _FONT, "font_size": 11})
    head = book.add_format({"border": 1, "align": "center", "font_name": _FONT, "text_wrap": True})
    text = book.add_format({"border": 1, "font_name": _FONT})
    number = book.add_format({"border": 1, "num_format": "#,##0.00", "font_name": _FONT})
    row = 0
    for figure in figures:
        chart = figure.chart
        sheet.write_string(row, 0, safe_text(figure.caption), bold)
        sheet.write_string(row + 1, 0, safe_text(f"单位：{chart.unit}"), text)
        for at, (name, _) in enumerate(chart.series, 1):
            sheet.write_string(row + 1, at, safe_text(name or chart.title), head)
        for line, category in enumerate(chart.categories):
            sheet.write_string(row + 2 + line, 0, safe_text(category), text)
            for at, (_, values) in enumerate(chart.series, 1):
                sheet.write_number(row + 2 + line, at, values[line] / FEN_PER_WAN, number)
        place = max(3, len(chart.series) + 2)
        sheet.insert_chart(row, place, _native(book, figure, row), {"description": safe_text(figure.caption)})
        row += max(_ROWS, len(chart.categories) + 4)


def _native(book: Workbook, figure: Figure, row: int) -> Any:
    chart = figure.chart
    made = book.add_chart({"type": _KINDS[chart.kind]})
    first, last = row + 2, row + 1 + len(chart.categories)
    for at in range(len(chart.series)):
        made.add_series(
            {
                "name": [CHART_SHEET, row + 1, at + 1],
                "categories": [CHART_SHEET, first, 0, last, 0],
                "values": [CHART_SHEET, first, at + 1, last, at + 1],
                **_look(chart, at),
            }
        )
    # Linked to its cell: a title of its own that looks like a formula would be taken for one.
    made.set_title(
        {"name": [CHART_SHEET, row, 0], "name_font": {"name": _FONT, "size": 12, "bold": False}, "overlay": False}
    )
    if chart.kind == "pie":
        made.set_legend({"position": "right", "font": {"name": _FONT}})
    else:
        made.set_legend({"none": True} if len(chart.series) == 1 else {"position": "top", "font": {"name": _FONT}})
        made.set_y_axis(
            {
                "name": chart.unit,
                "name_font": {"name": _FONT, "bold": False},
                "num_format": "#,##0",
                "major_gridlines": {"visible": True, "line": {"color": "#D0D0D0"}},
            }
        )
        made.set_x_axis({"num_font": {"name": _FONT}})
    made.set_size({"width": _WIDTH, "height": _HEIGHT})
    return made


def _look(chart: Chart, at: int) -> dict[str, Any]:
    labels: dict[str, Any] = {"value": True, "num_format": "#,##0.00", "font": {"name": _FONT, "size": 9}}
    if chart.kind == "pie":
        points = [_fill(i) for i in range(len(chart.categories))]
        return {
            "points": points,
            "data_labels": {"percentage": True, "num_format": "0.0%", "leader_lines": True, "position": "outside_end"},
        }
    if chart.kind == "lines":
        dashes = ("solid", "dash", "round_dot", "dash_dot")
        line = {"color": FILLS[(2 * at) % len(FILLS)], "width": 2, "dash_type": dashes[at % len(dashes)]}
        return {"line": line, "marker": {"type": "automatic"}, "data_labels": {**labels, "position": "above"}}
    return {**_fill(at), "data_labels": labels, "gap": 80}


def _fill(at: int) -> dict[str, Any]:
    colour, pattern = FILLS[at % len(FILLS)], _PATTERNS[at % len(_PATTERNS)]
    border = {"border": {"color": "#333333", "width": 0.5}}
    if not pattern:
        return {"fill": {"color": colour}, **border}
    return {"pattern": {"pattern": pattern, "fg_color": "#333333", "bg_color": colour}, **border}
