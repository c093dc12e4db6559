"""Questions and messages that an action the user has just started cannot go on without."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from desktopapp.gui.window.settings import Settings

REPORT_FILTER = "决算公开报表 (*.juesuan)"
SUFFIX = ".juesuan"


def complain(parent: QWidget, title: str, text: str) -> None:
    """Say why an action could not be carried out."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, QMessageBox.StandardButton.Ok, parent)
    box.exec()
    box.deleteLater()


def ask(parent: QWidget, title: str, text: str, yes: str, no: str = "取消") -> bool:
    """Ask a question whose answers are named; Esc means no."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
    agree: QPushButton = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(agree)
    box.setEscapeButton(refuse)
    box.exec()
    answer = box.clickedButton() is agree
    box.deleteLater()
    return answer


def choose_to_open(parent: QWidget, settings: Settings, title: str, name_filter: str) -> Path | None:
    """Ask for a file to read."""
    folder = settings.last_folder or documents_folder()
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(folder), name_filter)
    return _remembered(settings, chosen)


def choose_to_save(
    parent: QWidget, settings: Settings, title: str, name: str, name_filter: str, suffix: str, other: str = ""
) -> Path | None:
    """Ask where to write; the dialog itself asks before a file is replaced.

    ``other`` is a second suffix, which is taken when its filter is chosen or it is written out.
    """
    folder = settings.last_folder or documents_folder()
    chosen, used = QFileDialog.getSaveFileName(parent, title, str(folder / name), name_filter)
    path = _remembered(settings, chosen)
    if path is not None and other and (path.suffix.lower() == other or f"*{other}" in used):
        path, suffix = (path.with_suffix("") if path.suffix.lower() == suffix else path), other
    if path is None or path.suffix.lower() == suffix:
        return path
    longer = path.with_name(path.name + suffix)
    if longer.exists() and not ask(parent, title, f"“{longer.name}”已经存在，要替换它吗？", "替换"):
        return None
    return longer


def _remembered(settings: Settings, chosen: str) -> Path | None:
    if not chosen:
        return None
    path = Path(chosen)
    settings.last_folder = path.parent
    return path


def documents_folder() -> Path:
    """Return the user's folder for documents, or the home folder where there is none."""
    import platformdirs

    folder = Path(platformdirs.user_documents_path())
    return folder if folder.is_dir() else Path.home()


def safe_name(text: str) -> str:
    """Return a text as a file name: without the characters that some system refuses."""
    cleaned = "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in text).strip(" .")
    return cleaned[:80] or "报表"
