"""Rounding for publication in the window: the dialog, its list on paper, published amounts on show, before exports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

from desktopapp import jobs
from desktopapp.core.amount import Unit
from desktopapp.core.engine import Changes
from desktopapp.gui.palette import ui_font
from desktopapp.gui.window.message_bar import Tone

if TYPE_CHECKING:
    from desktopapp.gui.document import Document
    from desktopapp.gui.rounding.dialog import RoundingDialog
    from desktopapp.gui.window.main_window import MainWindow

_PDF_DPI = 300
_LOOKING = "现在显示的是公布数，只能查看。"


class RoundingWork(QObject):
    """What the window does with rounding plans."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._unit_before: Unit | None = None

    def set_document(self, document: Document | None) -> None:
        """Follow another document."""
        self._window.actions_["show_published"].setChecked(False)
        self._unit_before = None
        if document is not None:
            document.changed.connect(self._changed)

    # ── the dialog ──────────────────────────────────────────────────────────────────────────────────────────────
    def open(self) -> None:
        """Show how the amounts may be published, and keep what is chosen."""
        from desktopapp.gui.rounding.dialog import RoundingDialog

        document = self._window.document
        if document is None:
            return
        settings = self._window.settings
        dialog = RoundingDialog(document, self._window, first=settings.rounding, pin_totals=settings.pin_totals)
        dialog.paper_wanted.connect(lambda printed: self._print(dialog) if printed else self._save_pdf(dialog))
        accepted = dialog.exec() == RoundingDialog.DialogCode.Accepted
        dialog.deleteLater()
        if accepted and document.rounding.plan is not None:
            words = "已采用舍入方案：公布数用于导出和情况说明，准确数不变。"
            self._window.say(words, Tone.NOTICE, "显示公布数", self._window.actions_["show_published"].trigger)
        elif accepted:
            self._window.say("已撤除舍入方案，公布数恢复为逐个四舍五入。")

    # ── the list on paper ───────────────────────────────────────────────────────────────────────────────────────
    def _page(self, dialog: RoundingDialog) -> QTextDocument:
        from desktopapp.gui.rounding.lists import as_page

        document = self._window.document
        assert document is not None and dialog.lists is not None
        page = QTextDocument()
        page.setDefaultFont(ui_font())
        page.setHtml(as_page(document.report, dialog.lists))
        return page

    def _print(self, dialog: RoundingDialog) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        chosen = QPrintDialog(printer, dialog)
        if chosen.exec() == QPrintDialog.DialogCode.Accepted:
            self._page(dialog).print_(printer)
        chosen.deleteLater()

    def _save_pdf(self, dialog: RoundingDialog) -> None:
        from desktopapp.gui.window.dialogs import choose_to_save, complain

        document = self._window.document
        assert document is not None
        name = f"{document.file.path.stem}舍入清单.pdf"
        target = choose_to_save(self._window, self._window.settings, "清单存为 PDF", name, "PDF 文件 (*.pdf)", ".pdf")
        if target is None:
            return
        try:
            write_pdf(self._page(dialog), target)
        except jobs.UserError as error:
            complain(dialog, "没有写出清单", str(error))

    # ── published amounts ───────────────────────────────────────────────────────────────────────────────────────
    def switch_preview(self) -> None:
        """Show the published amounts in the forms, for looking only, or the exact ones again."""
        document = self._window.document
        if document is None:
            return
        if document.published is not None:
            self._show(document, False)
            if self._unit_before is not None:
                document.set_unit(self._unit_before)
        elif not document.rounding.exact():
            self._window.actions_["show_published"].setChecked(False)
            self._window.say("各表都按万元保存，显示的就是公布数。")
        else:
            # Amounts are published in 万元 only.
            self._unit_before = document.unit
            document.set_unit(Unit.WAN)
            self._show(document, True)

    def _show(self, document: Document, on: bool) -> None:
        try:
            document.set_published(jobs.to_publish(document.report) if on else None)
        except jobs.UserError as error:
            self._window.say(str(error), Tone.ERROR)
        shown = document.published is not None
        self._window.actions_["show_published"].setChecked(shown)
        if not shown and self._window.messages.text() == _LOOKING:
            self._window.messages.clear()
        if shown:
            self._window.say(
                _LOOKING,
                Tone.NOTICE,
                "恢复准确数",
                self._window.actions_["show_published"].trigger,
            )

    def _changed(self, _changes: Changes) -> None:
        """Published amounts on show follow what undo and suggestions change."""
        document = self._window.document
        if document is not None and document.published is not None:
            self._show(document, document.rounding.exact())

    def may_export(self) -> bool:
        """Point out a plan that the amounts have left behind; returns False when the user wants to round first."""
        from desktopapp.gui.window.dialogs import ask

        document = self._window.document
        if document is None or not document.rounding.exact() or not document.rounding.note():
            return True
        words = f"{document.rounding.note()}\n照样导出时，改动过的金额按四舍五入公布，勾稽关系可能有尾差。"
        if ask(self._window, "舍入方案已过时", words, "照样导出", "先不导出"):
            return True
        self._window.say(document.rounding.note(), Tone.WARNING, "公开金额舍入…", self.open)
        return False


def write_pdf(page: QTextDocument, target: Path) -> None:
    """Write a page as an A4 PDF beside its place, then put it there; raises UserError."""
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    page.print_(writer)
    buffer.close()
    from desktopapp.writers.aside import WriteError, write_aside

    try:
        write_aside(target, bytes(buffer.data().data()))
    except WriteError as error:
        raise jobs.UserError(str(error)) from error
