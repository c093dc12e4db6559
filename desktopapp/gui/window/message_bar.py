"""The calm place for sentences to the user: a bar above the form that never takes the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from desktopapp.core.findings import Severity
from desktopapp.gui.palette import SIGNS, theme_of

#: After this many milliseconds a mere notice goes away by itself.
_NOTICE_MS = 8_000


class Tone(Enum):
    """How a sentence is meant: its sign and whether it stays until it is closed."""

    NOTICE = Severity.INFO
    WARNING = Severity.WARNING
    ERROR = Severity.ERROR

    @property
    def severity(self) -> Severity:
        """Return the severity whose sign and colours the sentence takes."""
        return self.value


class MessageBar(QFrame):
    """One sentence at a time, with an optional button; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName("提示信息")
        self.setAutoFillBackground(True)
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._pressed)
        self.button.hide()
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAutoRaise(True)
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.setToolTip("关闭这条提示")
        self._close.setAccessibleName("关闭提示")
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self._action: Callable[[], None] | None = None
        self._tone = Tone.NOTICE
        self.hide()

    def say(
        self, text: str, tone: Tone = Tone.NOTICE, button: str = "", action: Callable[[], None] | None = None
    ) -> None:
        """Show a sentence; a notice without button goes away by itself, everything else stays until closed."""
        self._tone, self._action = tone, action
        self._sign.setText(SIGNS[tone.severity])
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._colour()
        self.show()
        if tone is Tone.NOTICE and not button:
            self._timer.start(_NOTICE_MS)
        else:
            self._timer.stop()
        self.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Take the sentence away."""
        self._timer.stop()
        self._action = None
        self._text.clear()
        self.hide()

    def text(self) -> str:
        """Return the sentence on show, empty when there is none."""
        return self._text.text()

    @property
    def tone(self) -> Tone:
        """How the last sentence was meant."""
        return self._tone

    def _pressed(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()

    def _colour(self) -> None:
        mark = theme_of(QGuiApplication.palette()).mark(self._tone.severity)
        palette = QGuiApplication.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(mark.fill))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(mark.ink))
        self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange and self.isVisible():
            self._colour()
