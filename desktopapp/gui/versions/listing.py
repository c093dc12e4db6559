"""A list in words that can be printed, kept as PDF and exported: a history, the differences of two versions."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QPageLayout, QPageSize, QTextDocument
from PySide6.QtWidgets import QWidget

from desktopapp import jobs
from desktopapp.gui.palette import ui_font
from desktopapp.gui.window import dialogs

if TYPE_CHECKING:
    from desktopapp.gui.window.settings import Settings

#: Longer lists are printed only so far; laying them out would take many seconds, and nobody reads them on paper.
MOST_PRINTED = 2_000
_FILTER = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv)"


@dataclass(frozen=True, slots=True)
class Listing:
    """A title, a line below it, heads and rows; ``right`` are the columns aligned to the right."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: tuple[int, ...] = ()

    def page(self) -> QTextDocument:
        """Return the list as a page for printing."""
        page = QTextDocument()
        page.setDefaultFont(ui_font(9))
        page.setHtml(as_html(self))
        return page


def as_html(listing: Listing) -> str:
    """Return a list as HTML; one too long for paper says so."""
    shown = listing.rows[:MOST_PRINTED]
    note = listing.note
    if len(listing.rows) > len(shown):
        note += f" 只印出前 {len(shown)} 条，共 {len(listing.rows)} 条；全部内容请导出。"

    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag} align='{'right' if i in listing.right else 'left'}'>{_escaped(c)}</{tag}>"
            for i, c in enumerate(cells)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in shown)
    table = f"<thead><tr>{line(listing.heads, 'th')}</tr></thead>{body}"
    return (
        f"<h3 align='center'>{_escaped(listing.title)}</h3><p>{_escaped(note)}</p>"
        "<table border='1' cellspacing='0' cellpadding='3' width='100%' style='border-collapse: collapse'>"
        f"{table}</table>"
    )


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def print_listing(listing: Listing, parent: QWidget) -> bool:
    """Ask for a printer and print; tells whether it was printed."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(listing.title)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    dialog = QPrintDialog(printer, parent)
    accepted = dialog.exec() == QPrintDialog.DialogCode.Accepted
    dialog.deleteLater()
    if accepted:
        listing.page().print_(printer)
    return accepted


def export_listing(listing: Listing, name: str, settings: Settings, parent: QWidget) -> Path | None:
    """Ask where and write the list as a workbook or CSV; return where, None when it was not written."""
    from desktopapp.writers.aside import WriteError
    from desktopapp.writers.list_writer import write_list_csv, write_list_xlsx

    target = dialogs.choose_to_save(parent, settings, "导出清单", f"{name}.xlsx", _FILTER, ".xlsx", ".csv")
    if target is None:
        return None
    try:
        if target.suffix.lower() == ".csv":
            write_list_csv(target, listing.title, listing.heads, listing.rows)
        else:
            write_list_xlsx(target, listing.title, listing.heads, listing.rows, listing.right)
    except (WriteError, jobs.UserError) as error:
        dialogs.complain(parent, "没有导出", str(error))
        return None
    return target
