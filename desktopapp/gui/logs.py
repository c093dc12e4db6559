"""The log of the program: a file for whoever looks into an error. Nothing of any report gets into it.

What is kept of a record is what the program's own source says: names of files, lines, functions and kinds of errors.
Everything that may come from a report is taken out: numbers, quoted words, Chinese words, paths, and whatever was
handed over as an argument.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qVersion

from desktopapp import __version__

_qt = logging.getLogger("qt")
_LONGEST = 500_000
#: How much of the log is offered with an error.
_OFFERED = 30_000
_DEEPEST = 8
_PACKAGES = ("desktopapp", "site-packages", "dist-packages", "tests")
_HIDDEN, _NUMBER = "…", "#"
#: Order matters: what is quoted goes first, then paths, then what is left of foreign words and numbers.
_SCRUBS = (
    (re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”|《[^》\n]*》|`[^`\n]*`"), f"'{_HIDDEN}'"),
    (re.compile(r"(?:[A-Za-z]:)?[\\/][^\s'\"，。；]*[\\/][^\s'\"，。；]*"), _HIDDEN),
    (re.compile(r"[^\x00-\x7f…]+(?:[\d.,]*[^\x00-\x7f…]+)*"), _HIDDEN),
    (re.compile(r"(?<![A-Za-z_])[-+]?\d[\d,.]*(?:[eE][-+]?\d+)?"), _NUMBER),
)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_path() -> Path:
    """Return where the log lies."""
    return Path(platformdirs.user_log_path("juesuan", appauthor=False)) / "juesuan.log"


def start_logging(path: Path) -> None:
    """Write the log to a file; a folder that cannot be written only means that there is no log.

    A log that has grown long is set aside under the name of the one before. Not by ``logging.handlers``: importing it
    costs more than opening the window may.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    with suppress(OSError):
        if path.stat().st_size > _LONGEST:
            os.replace(path, path.with_suffix(".1.log"))
    handler = _CleanFile(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class _CleanFile(logging.FileHandler):
    """Writes records without anything of a report."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        super().emit(_clean(record))


def _clean(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy of a record without anything of a report; other handlers keep the record as it is."""
    clean = logging.makeLogRecord(record.__dict__)
    clean.msg, clean.args = scrubbed(_worded(record)), ()
    clean.stack_info = None
    if record.exc_info and record.exc_info[0] is not None:
        clean.exc_text = scrubbed_traceback(*record.exc_info)
        clean.exc_info = None
    return clean


def _worded(record: logging.LogRecord) -> str:
    """Return the message with placeholders for all arguments but plain ASCII names."""
    args = record.args
    if not args:
        return str(record.msg)
    try:
        hidden = dict.fromkeys(args, _HIDDEN) if isinstance(args, dict) else tuple(_HIDDEN for _ in args)
        return re.sub(r"%(\(\w+\))?[-+ #0-9.*]*[a-zA-Z]", lambda m: f"%{m[1] or ''}s", str(record.msg)) % hidden
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def scrubbed(text: str) -> str:
    """Return a text without numbers, quoted words, paths and words that are not ASCII."""
    for pattern, instead in _SCRUBS:
        text = pattern.sub(instead, text)
    return text


def scrubbed_traceback(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> str:
    """Return files, lines and functions of an error and of what led to it; of messages only what is harmless."""
    parts = [*_places(trace), f"{kind.__name__}: {scrubbed(str(error))}"]
    seen = {id(error)}
    for _ in range(_DEEPEST):
        error = (error.__cause__ or error.__context__) if error is not None else None
        if error is None or id(error) in seen:
            break
        seen.add(id(error))
        parts += ["after:", *_places(error.__traceback__), f"{type(error).__name__}: {scrubbed(str(error))}"]
    return "\n".join(parts)


def _places(trace: TracebackType | None) -> list[str]:
    return [f"  {_short(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]


def _short(filename: str) -> str:
    """Return a source file from its package on; where the program lies may name its user."""
    parts = Path(filename).parts
    at = next((i for i, part in enumerate(parts) if part in _PACKAGES), len(parts) - 1)
    return "/".join(parts[at:])


def offered_log(path: Path) -> str:
    """Return the end of the log with versions of program and system, for the user to hand on."""
    with suppress(OSError):
        text = path.read_text("utf-8", errors="replace")
        if len(text) > _OFFERED:
            text = "……\n" + text[-_OFFERED:].partition("\n")[2]
        return f"{_about()}\n\n{text}"
    return f"{_about()}\n\n（没有日志文件）"


def _about() -> str:
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"juesuan {__version__} · Python {platform.python_version()} · Qt {qVersion()} · {system}"


def qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Put a message of Qt into the log."""
    _qt.log(_LEVELS.get(kind, logging.WARNING), text)
