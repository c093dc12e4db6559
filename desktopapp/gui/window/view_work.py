"""What is seen and where: unit, panels, themes, find, help, geometry, submenus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from desktopapp.core.amount import Unit
from desktopapp.gui.document import Document
from desktopapp.gui.sizes import writing
from desktopapp.gui.window.pages import Page
from desktopapp.gui.window.settings import Recent, Theme
from desktopapp.gui.window.settings_dialog import THEMES, SettingsDialog

if TYPE_CHECKING:
    from desktopapp.gui.help.dialog import HelpDialog
    from desktopapp.gui.window.main_window import MainWindow

#: Share of the screen that a window takes the first time.
_FIRST_SHARE = 0.92
_LARGEST = (1600, 1000)
#: On a screen narrower than this the window takes all of it.
_SMALL_SCREEN = 1500
_PANELS = ("导航(&N)", "进度(&G)", "校验(&C)")
_THEME_KEYS = {Theme.SYSTEM: "S", Theme.LIGHT: "L", Theme.DARK: "D"}


class ViewWork(QObject):
    """Everything about the window that does not change the report."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._help: HelpDialog | None = None
        self._themes: dict[Theme, QAction] = {}
        self._hidden_by_user: set[str] = set()

    # ── unit ────────────────────────────────────────────────────────────────────────────────────────────────────
    def first_unit(self, document: Document) -> Unit:
        """Return the unit in which a report is shown first: 元 where it is kept so or the user prefers it."""
        forms = [f.id for f in document.report.template.forms if f.published]
        exact = all(document.report.is_exact(f) for f in forms)
        return Unit.YUAN if exact or self._window.settings.show_yuan else Unit.WAN

    def switch_unit(self) -> None:
        """Show amounts in the other unit."""
        document = self._window.document
        if document is not None:
            document.set_unit(Unit.WAN if document.unit is Unit.YUAN else Unit.YUAN)

    def unit_shown(self, unit: Unit) -> None:
        """Follow the unit of the document."""
        self._window.actions_["unit"].setChecked(unit is Unit.YUAN)
        self._window.status.refresh()

    # ── finding places ──────────────────────────────────────────────────────────────────────────────────────────
    def find(self) -> None:
        """Open the find bar."""
        self._window.workspace.find_bar.start()

    def go_to(self) -> None:
        """Ask for a place and show it."""
        from desktopapp.gui.window.goto_dialog import GoToDialog

        document = self._window.document
        if document is None:
            return
        forms = [p.form_id for p in self._window.workspace.pages if p.form_id]
        cell = GoToDialog.ask(document.report, forms, self._window)
        if cell is not None:
            self._window.workspace.go_to(cell, (cell,))

    # ── panes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def panes(self) -> list[QWidget]:
        """Return the widgets between which F6 moves, those on show."""
        window = self._window
        every: list[QWidget | None] = [
            window.navigation,
            window.progress.guide.list,
            window.progress.tree,
            window.messages.button,
            window.workspace.find_bar.field,
            window.workspace.page_widget() if window.document is not None else window.welcome.first(),
            window.workspace.inspector.view,
            window.findings.view,
        ]
        return [w for w in every if w is not None and w.isVisible() and not w.visibleRegion().isEmpty()]

    def mark_panes(self) -> None:
        """Let the lists of the window show which of them has the keyboard."""
        window = self._window
        lists = (window.navigation, window.progress.guide.list, window.progress.tree, window.welcome.recent)
        for view in (*lists, window.workspace.inspector.view, window.findings.view):
            view.setProperty("pane", True)
            view.style().unpolish(view)
            view.style().polish(view)

    def step_pane(self, by: int) -> None:
        """Give the keyboard to the next (+1) or previous (−1) pane."""
        panes = self.panes()
        if not panes:
            return
        focus = QApplication.focusWidget()
        here = next((i for i, p in enumerate(panes) if focus is not None and (p is focus or p.isAncestorOf(focus))), -1)
        target = panes[(here + by) % len(panes)] if here >= 0 else panes[0]
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def show_panels(self, report: bool) -> None:
        """Hide the docks while there is no report; bring them back as they were."""
        for dock in self._docks():
            if report:
                dock.setVisible(dock.objectName() not in self._hidden_by_user)
            else:
                dock.hide()
            dock.toggleViewAction().setEnabled(report)

    def _docks(self) -> list[QDockWidget]:
        return [self._window.navigation_dock, self._window.progress, self._window.findings]

    def switch_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    # ── menus ───────────────────────────────────────────────────────────────────────────────────────────────────
    def fill_menus(self) -> None:
        """Fill the submenus that never change."""
        menus = self._window.actions_.submenus
        for dock, text in zip(self._docks(), _PANELS, strict=True):
            # The dock's own action is called by its title, which counts findings.
            own, action = dock.toggleViewAction(), QAction(text, self._window)
            action.setCheckable(True)
            action.setChecked(own.isChecked())
            own.triggered.connect(lambda on, d=dock: self._panel_switched(d, on))
            own.toggled.connect(action.setChecked)
            own.enabledChanged.connect(action.setEnabled)
            action.triggered.connect(own.trigger)
            menus["panels"].addAction(action)
        inspector = QAction("单元格说明(&I)", self._window)
        inspector.setCheckable(True)
        inspector.setChecked(True)
        inspector.toggled.connect(self._window.workspace.show_inspector)
        menus["panels"].addAction(inspector)
        toolbar = self._window.actions_.toolbar.toggleViewAction()
        toolbar.setText("工具栏(&T)")
        menus["panels"].addAction(toolbar)
        group = QActionGroup(self._window)
        for theme, text in THEMES:
            action = QAction(f"{text}(&{_THEME_KEYS[theme]})", self._window)
            action.setCheckable(True)
            action.setChecked(theme is self._window.settings.theme)
            action.triggered.connect(lambda _on, t=theme: self.choose_theme(t))
            group.addAction(action)
            menus["theme"].addAction(action)
            self._themes[theme] = action

    def _panel_switched(self, dock: QDockWidget, on: bool) -> None:
        (self._hidden_by_user.discard if on else self._hidden_by_user.add)(dock.objectName())

    def fill_recent(self, recent: Sequence[Recent]) -> None:
        """Show the reports opened last in the menu."""
        menu = self._window.actions_.submenus["recent"]
        menu.clear()
        menu.setEnabled(bool(recent))
        for number, entry in enumerate(recent[:9], start=1):
            action = menu.addAction(
                f"&{number} {entry.title or entry.path.stem} — {entry.path.name}".replace("&&", "&")
            )
            action.setToolTip(str(entry.path))
            action.setStatusTip(str(entry.path))
            action.triggered.connect(lambda _on=False, p=entry.path: self._window.files.open_path(p))

    def fill_forms(self, pages: Sequence[Page]) -> None:
        """Show the pages of the report in the menu; the first nine have keys."""
        menu = self._window.actions_.submenus["forms"]
        menu.clear()
        menu.setEnabled(bool(pages))
        for number, page in enumerate(pages, start=1):
            action = menu.addAction(page.label)
            if number <= 9:
                action.setShortcut(f"Alt+{number}")
            action.triggered.connect(lambda _on=False, k=page.key: self._go_page(k))

    def _go_page(self, key: str) -> None:
        self._window.workspace.show_page(key)
        self._window.workspace.focus_page()

    # ── look ────────────────────────────────────────────────────────────────────────────────────────────────────
    def choose_theme(self, theme: Theme) -> None:
        """Keep a theme and apply it."""
        self._window.settings.theme = theme
        self._themes[theme].setChecked(True)
        self._window.look_changed.emit()

    def edit_settings(self) -> None:
        """Show the settings and apply what was chosen."""
        dialog = SettingsDialog(self._window.settings, self._window)
        if dialog.exec() == SettingsDialog.DialogCode.Accepted:
            self.apply_settings()
        dialog.deleteLater()

    def apply_settings(self) -> None:
        """Let the settings take effect at once: on the look, and on the open report."""
        window, settings = self._window, self._window.settings
        self._themes[settings.theme].setChecked(True)
        before = writing()
        window.look_changed.emit()
        self._follow_writing(before)
        window.advance.show_guide(settings.text("guide") != "no")
        document = window.document
        if document is not None:
            document.fonts = settings.fonts
            if not document.read_only:
                document.file.sign_as(settings.author)
            document.set_unit(self.first_unit(document))

    def _follow_writing(self, before: float) -> None:
        """Draw forms and text anew where the writing has got another size; what is being typed goes first."""
        window, now = self._window, writing()
        if now == before:
            return
        if window.workspace.zoom == before:
            window.workspace.set_zoom(now)
        if window.document is not None and window.entry_done():
            window.reload_document()

    # ── help ────────────────────────────────────────────────────────────────────────────────────────────────────
    def show_help(self, topic: str = "") -> None:
        """Show the manual beside the window: a page of it, or the one on where the keyboard is."""
        from desktopapp.gui.help.dialog import HelpDialog

        if self._help is None:
            self._help = HelpDialog(self._window)
        self._help.show_topic(topic or self.topic_here())
        self._help.show()
        self._help.activateWindow()

    def topic_here(self) -> str:
        """Return the key of the manual's page on the place where the keyboard is."""
        from desktopapp.gui.help.pages import topic_of_module, topic_of_page

        window = self._window
        focus = QApplication.focusWidget()
        for panel in (window.findings, window.progress, window.workspace.inspector, window.welcome):
            if focus is not None and panel.isAncestorOf(focus):
                return topic_of_module(type(panel).__module__)
        page = window.workspace.page()
        return topic_of_page(page.key) if page is not None else topic_of_module(type(window.welcome).__module__)

    def show_start(self) -> None:
        """Show the manual for somebody who begins."""
        self.show_help("01-begin")

    def save_manual(self) -> None:
        """Show the manual and ask where it is to be written as PDF."""
        self.show_help()
        if self._help is not None:
            self._help.ask_pdf()

    def show_keys(self) -> None:
        """Show the table of shortcuts."""
        from desktopapp.gui.help.pages import KEYS

        self.show_help(KEYS)

    def show_about(self) -> None:
        """Show version and licence."""
        from PySide6.QtWidgets import QMessageBox

        from desktopapp.gui.help.dialog import about_text

        QMessageBox.about(self._window, "关于", about_text())

    def open_log_folder(self) -> None:
        """Show the folder of the log in the file manager."""
        from desktopapp.gui.logs import log_path

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path().parent)))

    def quit(self) -> None:
        """Close all windows."""
        QApplication.closeAllWindows()

    # ── geometry ────────────────────────────────────────────────────────────────────────────────────────────────
    def restore_geometry(self) -> None:
        """Take the place and panels of last time, or a good part of the screen."""
        window, settings = self._window, self._window.settings
        screen = QGuiApplication.primaryScreen().availableGeometry()
        if screen.width() < _SMALL_SCREEN:
            window.resize(screen.size())
            window.setWindowState(Qt.WindowState.WindowMaximized)
        else:
            window.resize(
                min(_LARGEST[0], round(screen.width() * _FIRST_SHARE)),
                min(_LARGEST[1], round(screen.height() * _FIRST_SHARE)),
            )
        docks = [round(w * writing()) for w in ((205, 262) if screen.width() < _SMALL_SCREEN else (290, 350))]
        window.resizeDocks([window.navigation_dock, window.findings], docks, Qt.Orientation.Horizontal)
        geometry, state, layout = (settings.blob(k) for k in ("geometry", "state", "workspace"))
        if geometry is not None:
            window.restoreGeometry(geometry)
        if state is not None:
            window.restoreState(state)
        if layout is not None:
            window.workspace.restore_layout(layout)
        self._hidden_by_user = set(settings.text("hidden_panels").split())
        window.workspace.set_zoom(settings.zoom or writing())
        window.status.set_zoom(window.workspace.zoom)

    def save_geometry(self) -> None:
        """Keep place and panels for the next time."""
        window, settings = self._window, self._window.settings
        settings.set_blob("geometry", window.saveGeometry())
        if window.document is not None:
            settings.set_blob("state", window.saveState())
            settings.set_blob("workspace", window.workspace.save_layout())
        settings.zoom = 0.0 if window.workspace.zoom == writing() else window.workspace.zoom
        settings.set_text("hidden_panels", " ".join(sorted(self._hidden_by_user)))
