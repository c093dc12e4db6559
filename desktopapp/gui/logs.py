"""The log of the program: a file for whoever looks into an error; it never holds an amount."""

from __future__ import annotations

import logging
import os
import re
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType

_qt = logging.getLogger("qt")
_LONGEST = 500_000
_NUMBER = re.compile(r"\d[\d,，.]*")
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
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_mask)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def _mask(record: logging.LogRecord) -> bool:
    record.msg, record.args = masked(record.getMessage()), ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = masked_traceback(*record.exc_info)
        record.exc_info = None
    return True


def masked(text: str) -> str:
    """Return a text with every number of more than three digits made unreadable."""
    return _NUMBER.sub(lambda m: m[0] if sum(c.isdigit() for c in m[0]) < 4 else "#", text)


def masked_traceback(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> str:
    """Return a traceback that names files, lines and functions, with the numbers of its message masked."""
    where = "".join(traceback.format_tb(trace))
    return f"{where}{kind.__name__}: {masked(str(error))}"


def qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Put a message of Qt into the log."""
    _qt.log(_LEVELS.get(kind, logging.WARNING), "%s", text)
