"""What the window's actions for preview, print, export and facts do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp.gui.window.dialogs import documents_folder
from desktopapp.narrative.fields import TEXT_FIELD

if TYPE_CHECKING:
    from pathlib import Path

    from desktopapp.gui.publish.export_dialog import ExportAllDialog
    from desktopapp.gui.publish.preview import PreviewDialog
    from desktopapp.gui.publish.writing import Written
    from desktopapp.gui.text.facts_browser import FactsBrowser
    from desktopapp.gui.text.section_page import SectionPage
    from desktopapp.gui.window.main_window import MainWindow


class PublishWork(QObject):
    """Keeps the dialogs of one report; they go away with it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._preview: PreviewDialog | None = None
        self._export: ExportAllDialog | None = None
        self._facts: FactsBrowser | None = None
        self._page: SectionPage | None = None

    def report_left(self) -> None:
        """Close what shows the report that is being closed."""
        for dialog in (self._preview, self._export, self._facts):
            if dialog is not None:
                dialog.close()
                dialog.deleteLater()
        self._preview = self._export = self._facts = self._page = None

    # ── preview and print ───────────────────────────────────────────────────────────────────────────────────────
    def preview(self) -> None:
        """Show the report as it will be printed, at the form or section on show."""
        from desktopapp.gui.publish.preview import PreviewDialog

        document = self._window.document
        if document is None:
            return
        place = self._place()
        if self._preview is None:
            self._preview = PreviewDialog(document, self._window)
            self._preview.export_wanted.connect(lambda: self.export(("docx", "pdf")))
            self._preview.ready.connect(lambda: self._show_mark(place))
        else:
            self._preview.refresh()
        self._preview.show()
        self._preview.activateWindow()

    def _show_mark(self, place: str) -> None:
        if self._preview is not None:
            self._preview.show_mark(place)

    def print(self) -> None:
        """Show the preview and ask for the printer as soon as the pages are there."""
        self.preview()
        if self._preview is not None:
            self._preview.print_when_ready()

    def _place(self) -> str:
        page = self._window.workspace.page()
        if page is None:
            return ""
        return f"form.{page.form_id}" if page.form_id else page.key.removeprefix(TEXT_FIELD)

    # ── export ──────────────────────────────────────────────────────────────────────────────────────────────────
    def export(self, wanted: tuple[str, ...] = ("docx", "pdf", "xlsx")) -> None:
        """Show the export dialog with these formats ticked."""
        from desktopapp.gui.publish.export_dialog import ExportAllDialog

        document = self._window.document
        if document is None or not self._window.roundings.may_export():
            return
        if self._export is not None:
            self._export.close()
            self._export.deleteLater()
        self._export = ExportAllDialog(document, self._folder(), wanted, self._window)
        self._export.jump_wanted.connect(self._window.show_finding)
        self._export.exported.connect(self._remember)
        self._export.show()
        self._export.activateWindow()

    def _folder(self) -> Path:
        return self._window.settings.last_folder or documents_folder()

    def _remember(self, written: list[Written]) -> None:
        done = [w.path for w in written if not w.problem]
        if done:
            self._window.settings.last_folder = done[0].parent
            self._window.progress.note_exported()
            self._window.say(f"已导出 {len(done)} 个文件到“{done[0].parent}”。")

    def choose_style(self) -> None:
        """Ask how numbers are written, which wording is used and which figures are added."""
        from desktopapp.gui.text.style_dialog import StyleDialog

        if self._window.document is not None and self._window.entry_done():
            StyleDialog(self._window.document, self._window).exec()

    # ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────
    def facts(self, page: SectionPage | None = None) -> None:
        """Show all facts; those chosen go into a page of text, the one on show when none is given."""
        from desktopapp.gui.text.facts_browser import FactsBrowser
        from desktopapp.gui.text.section_page import SectionPage

        document = self._window.document
        if document is None:
            return
        shown = self._window.workspace.page_widget()
        self._page = page or (shown if isinstance(shown, SectionPage) else None)
        if self._facts is None:
            self._facts = FactsBrowser(document, self._window)
            self._facts.insert_wanted.connect(self._insert)
            self._facts.place_wanted.connect(self._window.workspace.show_place)
        self._facts.refresh()
        self._facts.allow_insert(self._page is not None and not document.read_only)
        self._facts.show()
        self._facts.activateWindow()

    def _insert(self, fact_id: str) -> None:
        if self._page is not None:
            self._page.insert_fact(fact_id)

    def page_shown(self) -> None:
        """Follow the window to another page of text."""
        from desktopapp.gui.text.section_page import SectionPage

        shown = self._window.workspace.page_widget()
        self._page = shown if isinstance(shown, SectionPage) else None
        if self._facts is not None and self._window.document is not None:
            self._facts.allow_insert(self._page is not None and not self._window.document.read_only)
