"""What the window remembers between two runs: geometry, theme, unit; nothing of any report's contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QByteArray, QSettings, Qt

from desktopapp.core.rounding import Mode
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.store.backup import NEWEST

APP_NAME = "juesuan"
_MOST_RECENT = 12
_PINNED = "pinned"
_ZOOMS = (0.25, 4.0)
FEWEST_BACKUPS, MOST_BACKUPS = 3, 50
LONGEST_NAME = 40


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
class Habits:
    """What a report file is opened with: who writes into its history ("" who is logged in), how many backups stay."""

    user: str = ""
    backups: int = NEWEST


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
    def zoom(self) -> float:
        """The zoom of the forms; 0 is the one that goes with the size of the writing."""
        try:
            found = float(self.text("zoom") or 0)
        except ValueError:
            return 0.0
        return found if _ZOOMS[0] <= found <= _ZOOMS[1] else 0.0

    @zoom.setter
    def zoom(self, factor: float) -> None:
        self.set_text("zoom", f"{factor:.3f}" if factor else "")

    @property
    def rounding(self) -> Mode:
        """How amounts are rounded for publication unless the report says otherwise."""
        return "plain" if self.text("rounding") == "plain" else "controlled"

    @rounding.setter
    def rounding(self, mode: Mode) -> None:
        self.set_text("rounding", mode)

    @property
    def pin_totals(self) -> bool:
        """Whether totals keep their plain rounding unless the report says otherwise."""
        return self.text("pin_totals") == "yes"

    @pin_totals.setter
    def pin_totals(self, on: bool) -> None:
        self.set_text("pin_totals", "yes" if on else "no")

    @property
    def author(self) -> str:
        """The name that stands in the history; "" is the one under which the user is logged in."""
        return self.text("author")

    @author.setter
    def author(self, name: str) -> None:
        self.set_text("author", " ".join(name.split())[:LONGEST_NAME])

    @property
    def backups(self) -> int:
        """How many of the newest backups of a report are kept."""
        text = self.text("backups")
        return int(text) if text.isdecimal() and FEWEST_BACKUPS <= int(text) <= MOST_BACKUPS else NEWEST

    @backups.setter
    def backups(self, number: int) -> None:
        self.set_text("backups", str(number))

    @property
    def fonts(self) -> dict[str, str]:
        """Font families for exports in place of the prescribed ones, by role."""
        return {k: v for k, v in self._table("fonts").items() if isinstance(v, str) and v}

    @fonts.setter
    def fonts(self, chosen: Mapping[str, str]) -> None:
        self.set_text("fonts", json.dumps(dict(chosen), ensure_ascii=False) if chosen else "")

    @property
    def numbers(self) -> dict[str, bool | int]:
        """How numbers are written in the text of new reports where it is not as their template says."""
        return {k: v for k, v in self._table("numbers").items() if k in NumberStyle.__slots__ and _fits(k, v)}

    @numbers.setter
    def numbers(self, chosen: Mapping[str, bool | int]) -> None:
        self.set_text("numbers", json.dumps(dict(chosen)) if chosen else "")

    def _table(self, key: str) -> dict[str, Any]:
        try:
            found = json.loads(self.text(key) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def habits(self) -> Habits:
        """Return what a report file is opened with."""
        return Habits(self.author, self.backups)

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


def _fits(key: str, value: object) -> bool:
    """Tell whether a value is one that a style of numbers can have."""
    return type(value) is type(getattr(NumberStyle(), key))
