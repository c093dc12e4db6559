"""Two texts side by side with what differs marked in both."""

from __future__ import annotations

import html
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from desktopapp.gui.palette import theme_of

#: Texts longer than this together are compared line by line only: letter by letter would take seconds.
_MOST_LETTERS = 6_000


def marked(was: str, now: str, fills: tuple[str, str]) -> tuple[str, str]:
    """Return both texts as HTML; ``fills`` are the colours behind what only the first or only the second has."""
    units: tuple[Sequence[str], Sequence[str]] = (was, now)
    if len(was) + len(now) > _MOST_LETTERS:
        units = was.splitlines(keepends=True), now.splitlines(keepends=True)
    matcher: SequenceMatcher[Any] = SequenceMatcher(None, *units, autojunk=False)
    one, other = [], []
    for kind, a, b, c, d in matcher.get_opcodes():
        left, right = (html.escape("".join(u)).replace("\n", "<br>") for u in (units[0][a:b], units[1][c:d]))
        if kind != "equal":
            left, right = _filled(left, fills[0]), _filled(right, fills[1])
        one.append(left)
        other.append(right)
    return "".join(one), "".join(other)


def _filled(text: str, fill: str) -> str:
    return f"<span style='background-color:{fill}'>{text}</span>" if text else ""


class SideBySide(QSplitter):
    """The texts of two versions, each below its name."""

    def __init__(self, names: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.heads = tuple(QLabel(name) for name in names)
        self.texts = (QTextBrowser(), QTextBrowser())
        for head, text in zip(self.heads, self.texts, strict=True):
            half = QWidget()
            column = QVBoxLayout(half)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(head)
            column.addWidget(text, 1)
            text.setAccessibleName(head.text())
            text.setTabChangesFocus(True)
            self.addWidget(half)

    def show_texts(self, was: str, now: str) -> None:
        """Show two texts."""
        theme = theme_of(QGuiApplication.palette())
        pages = marked(was, now, (theme.error.fill, theme.warning.fill))
        for text, page in zip(self.texts, pages, strict=True):
            text.setHtml(page)
