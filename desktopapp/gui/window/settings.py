"""What the window remembers between two runs: geometry, theme, unit; nothing of any report's contents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings, Qt

APP_NAME = "juesuan"
_MOST_RECENT = 12
_PINNED = "pinned"


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


@dataclass(frozen=True, slots=True)
class Recent:
    """A report opened before; ``title`` may be empty when it is not known. Pinned ones stay on the list."""

    path: Path
    title: str = ""
    pinned: bool = False


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
    def recent(self) -> list[Recent]:
        """Return the reports opened last, newest first."""
        found = []
        for line in self.text("recent").split("\n"):
            path, title, pinned = [*line.split("\t"), "", ""][:3]
            if path:
                found.append(Recent(Path(path), title, pinned == _PINNED))
        return found

    def add_recent(self, path: Path, title: str) -> None:
        """Put a report at the top of the list; pinned ones never fall off it."""
        known = self.recent()
        pinned = any(r.path == path and r.pinned for r in known)
        others = [r for r in known if r.path != path]
        loose = [r for r in others if not r.pinned][: _MOST_RECENT - 1]
        self._set_recent([Recent(path, title, pinned), *(r for r in others if r.pinned or r in loose)])

    def pin_recent(self, path: Path, on: bool) -> None:
        """Pin a report of the list, or no longer."""
        self._set_recent([replace(r, pinned=on) if r.path == path else r for r in self.recent()])

    def forget_recent(self, path: Path, *, even_pinned: bool = True) -> None:
        """Take a report off the list."""
        gone = (path, path.resolve())
        kept = [r for r in self.recent() if r.path not in gone and r.path.resolve() not in gone]
        if not even_pinned:
            kept = [r for r in self.recent() if r.pinned or r in kept]
        self._set_recent(kept)

    def _set_recent(self, recent: list[Recent]) -> None:
        lines = (f"{r.path}\t{' '.join(r.title.split())}\t{_PINNED if r.pinned else ''}" for r in recent)
        self.set_text("recent", "\n".join(lines))
