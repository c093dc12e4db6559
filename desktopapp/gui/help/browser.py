"""Shows a page of the manual; pictures as wide as there is room, sharp on any screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QImage, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from desktopapp.gui.help.pages import KEYS, Topic, keys_html
from desktopapp.gui.palette import theme_of
from desktopapp.resources import resource_root

#: The pictures are drawn at this many pixels for one of the window.
PICTURE_RATIO = 1.5
_MARGIN = 16
_PAUSE_MS = 120


class Page(QTextBrowser):
    """One page, with the words that were searched marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("说明内容")
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would fit the pictures anew each time.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._topic: Topic | None = None
        self._words: list[str] = []
        self._wide = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._wrap)

    def show_topic(self, topic: Topic, words: str = "") -> None:
        """Show a page from its beginning, or from the first place of a word."""
        self._topic, self._words = topic, words.split()
        self._draw()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if self._words:
            self.find_next()

    def _draw(self) -> None:
        assert self._topic is not None
        self._wide = self.viewport().width()
        document = self.document()
        document.clear()
        document.setDocumentMargin(_MARGIN)
        if self._topic.title == KEYS and not self._topic.text:
            self.setHtml(keys_html())
        else:
            self.setMarkdown(self._topic.text)
        self._mark()

    def find_next(self) -> bool:
        """Go to the next place of a word that was searched, around the end; tells whether there is one."""
        for word in self._words:
            if self.find(word):
                return True
        self.moveCursor(QTextCursor.MoveOperation.Start)
        return any(self.find(word) for word in self._words)

    def _mark(self) -> None:
        look = QTextCharFormat()
        look.setBackground(QColor(theme_of(self.palette()).warning.fill))
        found = []
        for word in self._words:
            cursor = self.document().find(word)
            while not cursor.isNull():
                place = QTextEdit.ExtraSelection()
                place.cursor, place.format = cursor, look
                found.append(place)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(found)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a picture of the manual, never wider than the page; nothing else is ever loaded."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        url = name if isinstance(name, QUrl) else QUrl(name)
        return self._picture(Path(url.path()).name)

    def _picture(self, name: str) -> QImage:
        image = QImage(str(resource_root() / "help" / "pictures" / name))
        if image.isNull():
            return image
        ratio = self.devicePixelRatioF()
        room = max(100, self.viewport().width() - 2 * _MARGIN - 8)
        width = min(round(image.width() / PICTURE_RATIO), room)
        scaled = image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pictures anew, once the size has come to rest."""
        super().resizeEvent(event)
        if self._topic is not None and self.viewport().width() != self._wide:
            self._timer.start()

    def _wrap(self) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / bar.maximum() if bar.maximum() else 0.0
        self._draw()
        bar.setValue(round(share * bar.maximum()))
