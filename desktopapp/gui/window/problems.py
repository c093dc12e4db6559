"""Errors in words: which are meant for the user as they are, and what to say of the others."""

from __future__ import annotations

import logging

from desktopapp.core.amount import AmountError
from desktopapp.core.commands import CommandError
from desktopapp.core.template import TemplateError
from desktopapp.jobs import UserError
from desktopapp.resources import ResourcesMissingError
from desktopapp.store.errors import StoreError

_log = logging.getLogger(__name__)
_OURS = (UserError, StoreError, CommandError, AmountError, TemplateError, ResourcesMissingError)


def sentence_of(error: BaseException) -> str:
    """Return a sentence for the user; what is no message for users goes to the log as well."""
    if isinstance(error, _OURS) or _is_for_user(error):
        return str(error)
    if isinstance(error, MemoryError):
        return "内存不足，没有完成；请关闭其他程序后再试。"
    if isinstance(error, OSError):
        where = f"“{error.filename}”" if error.filename else "文件"
        return f"{where}读写出错（{error.strerror or type(error).__name__}），没有完成；请检查后再试。"
    _log.error("a job failed", exc_info=error)
    return "出现了没有料到的错误，没有完成，已打开的报表没有受损；详情见“帮助 → 打开日志文件夹”。"


def _is_for_user(error: BaseException) -> bool:
    """Tell whether an error of a reader or writer speaks to users; their classes need not be loaded here."""
    package = type(error).__module__
    return package.startswith(("desktopapp.readers", "desktopapp.writers", "desktopapp.narrative"))
