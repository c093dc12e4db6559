"""What the window remembers between two runs: geometry, theme, unit; nothing of any report's contents."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings, Qt

APP_NAME = "juesuan"
_MOST_RECENT = 12


class Theme(Enum):
    """Colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @property
    def scheme(self) -> Qt.ColorScheme:
        """Return Qt's name of the theme."""
        return {
            Theme.SYSTEM: Qt.ColorScheme.Unknown,
            Theme.LIGHT: Qt.ColorScheme.Light,
            Theme.DARK: Qt.ColorScheme.Dark,
        }[self]


def settings_path() -> Path:
    """Return where the settings lie: an ini file in the user's configuration folder."""
    return Path(platformdirs.user_config_path(APP_NAME, appauthor=False)) / "window.ini"


class Settings:
    """Typed access to the ini file; a damaged value counts as absent."""

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def path(self) -> Path:
        """Return the path of the ini file."""
        return Path(self._store.fileName())

    def sync(self) -> None:
        """Write what has changed to disk; a folder that cannot be written only loses the settings."""
        self._store.sync()

    # ── geometry ────────────────────────────────────────────────────────────────────────────────────────────────
    def blob(self, key: str) -> QByteArray | None:
        """Return a geometry or state that Qt made."""
        value = self._store.value(f"window/{key}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_blob(self, key: str, value: QByteArray) -> None:
        """Keep a geometry or state."""
        self._store.setValue(f"window/{key}", value)

    # ── choices ─────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def theme(self) -> Theme:
        """The chosen colours."""
        value = self.text("theme")
        return Theme(value) if value in {t.value for t in Theme} else Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self.set_text("theme", theme.value)

    @property
    def font_points(self) -> int:
        """Size of the window's font in points; 0 is the system's."""
        text = self.text("font_points")
        return int(text) if text.isdecimal() and 6 <= int(text) <= 30 else 0

    @font_points.setter
    def font_points(self, points: int) -> None:
        self.set_text("font_points", str(points))

    @property
    def reopen_last(self) -> bool:
        """Whether the last report is opened at the start."""
        return self.text("reopen_last") != "no"

    @reopen_last.setter
    def reopen_last(self, on: bool) -> None:
        self.set_text("reopen_last", "yes" if on else "no")

    @property
    def show_yuan(self) -> bool:
        """Whether amounts are shown in 元 when a report is opened."""
        return self.text("show_yuan") == "yes"

    @show_yuan.setter
    def show_yuan(self, on: bool) -> None:
        self.set_text("show_yuan", "yes" if on else "no")

    @property
    def last_file(self) -> Path | None:
        """The report that was open when the window was closed."""
        text = self.text("last_file")
        return Path(text) if text else None

    @last_file.setter
    def last_file(self, path: Path | None) -> None:
        self.set_text("last_file", "" if path is None else str(path))

    @property
    def last_folder(self) -> Path | None:
        """The folder of the last file chosen in a dialog, None when it is gone."""
        text = self.text("last_folder")
        return Path(text) if text and Path(text).is_dir() else None

    @last_folder.setter
    def last_folder(self, path: Path) -> None:
        self.set_text("last_folder", str(path))

    def text(self, key: str) -> str:
        """Return a choice as text, empty when nothing is kept."""
        value = self._store.value(f"choices/{key}")
        return value if isinstance(value, str) else ""

    def set_text(self, key: str, value: str) -> None:
        """Keep a choice."""
        self._store.setValue(f"choices/{key}", value)

    # ── recent reports ──────────────────────────────────────────────────────────────────────────────────────────
    def recent(self) -> list[tuple[Path, str]]:
        """Return (path, title) of the reports opened last, newest first."""
        found = []
        for line in self.text("recent").split("\n"):
            path, _, title = line.partition("\t")
            if path:
                found.append((Path(path), title))
        return found

    def add_recent(self, path: Path, title: str) -> None:
        """Put a report at the top of the list."""
        others = [(p, t) for p, t in self.recent() if p != path]
        self._set_recent([(path, title), *others][:_MOST_RECENT])

    def forget_recent(self, path: Path) -> None:
        """Take a report that is gone off the list."""
        self._set_recent([(p, t) for p, t in self.recent() if p != path and p.resolve() != path.resolve()])

    def _set_recent(self, recent: list[tuple[Path, str]]) -> None:
        self.set_text("recent", "\n".join(f"{p}\t{' '.join(t.split())}" for p, t in recent))
