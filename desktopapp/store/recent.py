"""The reports that were opened last, for the welcome page and the menu; kept as JSON in the user's settings folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from desktopapp.store.filesystem import written_aside

_FILE = "recent.json"
#: How many reports are remembered.
LIMIT = 12
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A report that was opened: its absolute path, and department and year as they were then."""

    path: Path
    department: str = ""
    year: int = 0

    def exists(self) -> bool:
        """Tell whether the file is still there; may take long on a network share that does not answer."""
        return self.path.is_file()


class RecentFiles:
    """The list of recent reports, youngest first.

    The list is a convenience: what cannot be read counts as empty, what cannot be written is left unwritten. Every call
    reads the file anew, because several windows share it.
    """

    def __init__(self, folder: Path | None = None, limit: int = LIMIT) -> None:
        """Keep the list in ``folder``; without one in the user's settings folder."""
        self._folder, self._limit = folder, limit

    def entries(self) -> list[RecentFile]:
        """Return the reports, youngest first; they need not exist any more."""
        try:
            with self._file().open("rb") as file:
                raw = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return []
        found = [entry for item in (raw if isinstance(raw, list) else []) if (entry := _read(item)) is not None]
        return _without_repeats(found)[: self._limit]

    def add(self, path: Path, department: str = "", year: int = 0) -> None:
        """Put a report at the head of the list."""
        self._write([RecentFile(_absolute(path), department, year), *self.entries()])

    def remove(self, path: Path) -> None:
        """Forget a report."""
        gone = _key(_absolute(path))
        self._write([e for e in self.entries() if _key(e.path) != gone])

    def clear(self) -> None:
        """Forget all reports."""
        self._write([])

    def _file(self) -> Path:
        if self._folder is None:
            from platformdirs import user_config_dir

            self._folder = Path(user_config_dir("juesuan", appauthor=False))
        return self._folder / _FILE

    def _write(self, entries: list[RecentFile]) -> None:
        kept = _without_repeats(entries)[: self._limit]
        data = [{**asdict(e), "path": str(e.path)} for e in kept]
        with suppress(OSError, UnicodeEncodeError):
            target = self._file()
            target.parent.mkdir(parents=True, exist_ok=True)
            with written_aside(target) as temp:
                temp.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _read(item: object) -> RecentFile | None:
    if not isinstance(item, dict):
        return None
    path, department, year = item.get("path"), item.get("department", ""), item.get("year", 0)
    # A relative path would mean another file from another working directory.
    if not isinstance(path, str) or "\x00" in path or not Path(path).is_absolute():
        return None
    if not isinstance(department, str) or not isinstance(year, int):
        return RecentFile(Path(path))
    return RecentFile(Path(path), department, year)


def _without_repeats(entries: Iterable[RecentFile]) -> list[RecentFile]:
    kept: dict[str, RecentFile] = {}
    for entry in entries:
        kept.setdefault(_key(entry.path), entry)
    return list(kept.values())


def _key(path: Path) -> str:
    return os.path.normcase(path)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
