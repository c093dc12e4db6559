"""What each action does: names of ``actions.SPECS`` → methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

#: Actions that leave an open entry alone; all others finish it first, and wait while it cannot be accepted.
_AT_ANY_TIME = frozenset(
    {"new_window", "settings", "quit", "full_screen", "next_pane", "previous_pane", "copy_findings"}
    # Must work just when an entry cannot be saved; it sees to the entry itself.
    | {"save_copy"}
    | {"help", "manual_pdf", "guide", "keys", "log", "about"}
)
#: Actions that the form on show carries out itself: action → method of FormView.
_OF_FORM = {
    "insert_row": "insert_row",
    "delete_rows": "delete_rows",
    "sort_rows": "sort_rows",
    "put_back": "put_back",
    "cut": "cut",
    "copy": "copy",
    "paste": "paste",
    "clear": "clear",
    "fill_down": "fill_down",
    "fill_right": "fill_right",
    "select_all": "select_all",
    "zoom_in": "zoom_in",
    "zoom_out": "zoom_out",
    "zoom_reset": "zoom_reset",
    "zoom_fit": "zoom_to_fit",
}


def handlers(window: MainWindow) -> dict[str, Callable[[], None]]:
    """Return what to call for every action."""
    files, transfers, reports, views = window.files, window.transfers, window.reports, window.views
    versions = window.versions
    found: dict[str, Callable[[], None]] = {name: _of_form(window, method) for name, method in _OF_FORM.items()}
    found |= {
        "copy_headers": lambda: _copy_headers(window),
        "new": files.new,
        "open": files.open,
        "from_last": window.imports.from_last_year,
        "import": window.imports.import_,
        "import_copied": window.imports.import_copied,
        "compare": window.imports.compare_with,
        "confirm_read": window.imports.confirm,
        "sample": files.sample,
        "save": reports.say_saved,
        "save_copy": versions.save_copy,
        "back_up": versions.back_up,
        "restore": versions.restore,
        "versions": versions.compare,
        "send": window.sharing.send,
        "merge": window.sharing.merge,
        "password": window.passwords.change,
        "close": files.close,
        "new_window": window.new_window_wanted.emit,
        "settings": views.edit_settings,
        "quit": views.quit,
        "properties": reports.edit_properties,
        "previous_form": lambda: window.workspace.step_page(-1),
        "next_form": lambda: window.workspace.step_page(1),
        "history": versions.show_history,
        "undo": reports.undo,
        "redo": reports.redo,
        "find": views.find,
        "find_next": lambda: window.workspace.find_bar.step(1),
        "find_previous": lambda: window.workspace.find_bar.step(-1),
        "go_to": views.go_to,
        "unit": views.switch_unit,
        "full_screen": views.switch_full_screen,
        "next_pane": lambda: views.step_pane(1),
        "previous_pane": lambda: views.step_pane(-1),
        "progress": window.advance.open,
        "guide": window.advance.open_guide,
        "check": reports.check_all,
        "round": window.roundings.open,
        "show_published": window.roundings.switch_preview,
        "adopt": window.suspects.adopt_here,
        "next_finding": lambda: window.findings.step(1),
        "previous_finding": lambda: window.findings.step(-1),
        "copy_findings": window.findings.copy,
        "preview": window.publishing.preview,
        "print": window.publishing.print,
        "export_all": window.publishing.export,
        "facts": window.publishing.facts,
        "text_style": window.publishing.choose_style,
        "export_xlsx": transfers.export_xlsx,
        "export_docx": transfers.export_docx,
        "export_pdf": transfers.export_pdf,
        "export_json": transfers.export_json,
        "help": views.show_help,
        "manual_pdf": views.save_manual,
        "keys": views.show_keys,
        "log": views.open_log_folder,
        "about": views.show_about,
    }
    alone = _AT_ANY_TIME | _OF_FORM.keys() | {"copy_headers"}
    return {name: call if name in alone else _after_entry(window, call) for name, call in found.items()}


def _after_entry(window: MainWindow, call: Callable[[], None]) -> Callable[[], None]:
    def settled() -> None:
        if window.entry_done():
            call()

    return settled


def _of_form(window: MainWindow, method: str) -> Callable[[], None]:
    def call() -> None:
        # Pages with a table of their own may answer to the same names.
        page = window.workspace.form_view() or window.workspace.page_widget()
        if (wanted := getattr(page, method, None)) is not None:
            wanted()

    return call


def _copy_headers(window: MainWindow) -> None:
    view = window.workspace.form_view()
    if view is not None:
        view.copy(with_headers=True)
