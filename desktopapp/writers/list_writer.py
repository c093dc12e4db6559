"""Writes a plain list with a title as a workbook of one sheet or as CSV, for the files of an office."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from io import StringIO
from pathlib import Path

from desktopapp.writers.aside import aside, write_aside
from desktopapp.writers.xlsx_names import safe_text

Row = Sequence[str]
#: Widths of columns in characters.
_NARROWEST, _WIDEST = 10, 60


def list_csv(title: str, heads: Row, rows: Sequence[Row]) -> bytes:
    """Return a list as CSV that spreadsheets open without asking: UTF-8 with mark, texts that start no formula."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow([safe_text(title)])
    table.writerow(heads)
    table.writerows([safe_text(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_list_csv(path: Path, title: str, heads: Row, rows: Sequence[Row]) -> None:
    """Write a list as CSV; raises WriteError."""
    write_aside(path, list_csv(title, heads, rows))


def write_list_xlsx(path: Path, title: str, heads: Row, rows: Sequence[Row], right: Collection[int] = ()) -> None:
    """Write a list as a workbook whose columns ``right`` are aligned to the right; raises WriteError.

    Everything is written as text, so that nothing becomes a formula, a link or a date.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    with aside(path) as file:
        book = Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        sheet = book.add_worksheet("清单")
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F4F6"})
        left = book.add_format({"text_wrap": True, "valign": "top"})
        numbers = book.add_format({"align": "right", "valign": "top"})
        for column, text in enumerate(heads):
            sheet.write_string(1, column, text, head)
            longest = max([_width(text), *(_width(row[column]) for row in rows)])
            sheet.set_column(column, column, min(max(longest + 2, _NARROWEST), _WIDEST))
        for at, row in enumerate(rows, 2):
            for column, text in enumerate(row):
                sheet.write_string(at, column, safe_text(text), numbers if column in right else left)
        sheet.freeze_panes(2, 0)
        sheet.autofilter(1, 0, max(1, len(rows) + 1), len(heads) - 1)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        book.close()


def _width(text: str) -> int:
    """Return the width of the longest line in narrow characters; Chinese ones count twice."""
    return max((sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in text.splitlines()), default=0)
