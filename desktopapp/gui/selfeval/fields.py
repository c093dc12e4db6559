"""Entry fields that hand over what was typed when the typing pauses or moves on; a refused entry stays and says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, AmountError, Unit, format_number, parse_amount
from desktopapp.gui.forms.editor import Bubble

#: A text is handed over when nothing has been typed for this long.
_PAUSE_MS = 900
_MOST_LINES = 30
_PAD = 10


class LineField(QLineEdit):
    """A line of text. ``check`` raises AmountError for what cannot be accepted."""

    #: The accepted text, once for each change.
    entered = Signal(str)

    def __init__(self, name: str, check: Callable[[str], object] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check, self._stored = check, ""
        self._bubble: Bubble | None = None
        self.setAccessibleName(name)
        self.textEdited.connect(lambda _text: self._hush())

    def show_text(self, text: str) -> None:
        """Show what the form holds; what is being typed is left alone."""
        if text != self._stored or not self.is_dirty():
            self._stored = text
            if self.text() != text:
                self.setText(text)
            self.setCursorPosition(0) if not self.hasFocus() else None
            self._hush()

    def is_dirty(self) -> bool:
        """Tell whether something was typed that has not been handed over."""
        return self.text() != self._stored

    def flush(self) -> bool:
        """Hand over what was typed; False when it is refused and stays."""
        if not self.is_dirty():
            return True
        text = self.text()
        try:
            if self._check is not None:
                self._check(text)
        except AmountError as error:
            self._say(str(error))
            return False
        self._stored = text
        self.entered.emit(text)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter accepts and goes on, Esc gives back what was there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.flush():
                self.focusNextChild()
        elif event.key() == Qt.Key.Key_Escape and self.is_dirty():
            self.setText(self._stored)
            self._hush()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand over on the way out."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.flush()

    def event(self, event: QEvent) -> bool:
        """Keep Esc and Enter from the window's shortcuts while typing."""
        claimed = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if claimed and event.key() == Qt.Key.Key_Escape and self.is_dirty():  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def _say(self, text: str) -> None:
        parent = self.parentWidget()
        if self._bubble is None and parent is not None:
            self._bubble = Bubble(parent)
        if self._bubble is not None:
            self._bubble.say(text, self.geometry())

    def _hush(self) -> None:
        if self._bubble is not None:
            self._bubble.hide()


class AmountField(LineField):
    """An amount in 万元, kept in 分."""

    #: 分 or None.
    amount_entered = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, _amount, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("万元")
        self.entered.connect(lambda text: self.amount_entered.emit(_amount(text)))

    def show_amount(self, fen: int | None) -> None:
        """Show an amount in 分: two decimals, more only where it has more."""
        decimals = 2 if fen is None or fen % PUBLISHED_GRAIN == 0 else 6
        text = "" if fen is None else format_number(fen, Unit.WAN, decimals=decimals)
        self.show_text(text.rstrip("0") if decimals > 2 else text)


def _amount(text: str) -> int | None:
    return parse_amount(text, Unit.WAN, EXACT_GRAIN)


class TextField(QPlainTextEdit):
    """Several lines, as high as its text."""

    entered = Signal(str)

    def __init__(self, name: str, least_lines: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored, self._least = "", least_lines
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.flush)
        self.textChanged.connect(self._edited)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show what the form holds; what is being typed is left alone."""
        if text != self._stored or not self.is_dirty():
            self._stored = text
            if self.toPlainText() != text:
                with QSignalBlocker(self):
                    self.setPlainText(text)
            self._fit()

    def is_dirty(self) -> bool:
        """Tell whether something was typed that has not been handed over."""
        return self.toPlainText() != self._stored

    def flush(self) -> bool:
        """Hand over what was typed."""
        self._timer.stop()
        if self.is_dirty():
            self._stored = self.toPlainText()
            self.entered.emit(self._stored)
        return True

    def _edited(self) -> None:
        self._fit()
        self._timer.start()

    def _fit(self) -> None:
        lines = 0
        block = self.document().begin()
        while block.isValid():
            lines += max(1, block.layout().lineCount())
            block = block.next()
        lines = max(self._least, min(_MOST_LINES, lines))
        height = lines * QFontMetrics(self.font()).lineSpacing() + _PAD + 2 * self.frameWidth()
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand over on the way out."""
        super().focusOutEvent(event)
        self.flush()

    def sizeHint(self) -> QSize:
        """Return a modest width; the height is fixed."""
        return QSize(200, self.height())


class TickRow(QWidget):
    """Tick boxes of which one is ticked, or none."""

    entered = Signal(str)

    def __init__(self, name: str, options: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(18)
        self._boxes: list[QCheckBox] = []
        for option in options:
            self._add(option)
        self._row.addStretch(1)

    def _add(self, option: str) -> QCheckBox:
        box = QCheckBox(option)
        box.setAccessibleName(f"{self._name}：{option}")
        box.clicked.connect(lambda on, b=box: self._ticked(b, on))
        self._row.insertWidget(len(self._boxes), box)
        self._boxes.append(box)
        return box

    def show_text(self, text: str) -> None:
        """Tick the option; a text that is none of the options becomes one."""
        bare = text.removesuffix("项目")
        if text and all(b.text().removesuffix("项目") != bare for b in self._boxes):
            self._add(text)
        for box in self._boxes:
            box.setChecked(bool(text) and box.text().removesuffix("项目") == bare)

    def text(self) -> str:
        """Return the ticked option, "" for none."""
        return next((b.text() for b in self._boxes if b.isChecked()), "")

    def boxes(self) -> list[QCheckBox]:
        """Return the tick boxes in order."""
        return list(self._boxes)

    def is_dirty(self) -> bool:
        """Return False: a tick is handed over at once."""
        return False

    def flush(self) -> bool:
        """Return True: a tick is handed over at once."""
        return True

    def _ticked(self, box: QCheckBox, on: bool) -> None:
        for other in self._boxes:
            if other is not box:
                other.setChecked(False)
        self.entered.emit(box.text() if on else "")
