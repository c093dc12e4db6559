"""Find across all forms: a bar above the form with the places found beneath it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.document import Document
from desktopapp.gui.window.search import MOST_HITS, Hit, search

_WAIT_MS = 120
_ROWS_SHOWN = 6


class _Field(QLineEdit):
    """The search field: Enter goes on, Shift+Enter back, Esc closes, arrows move in the list."""

    stepped = Signal(int)
    escaped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Down:
            self.stepped.emit(1)
        elif event.key() == Qt.Key.Key_Up:
            self.stepped.emit(-1)
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


class FindBar(QFrame):
    """Hidden until asked for; searches while one types."""

    #: The Cell to show.
    go_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("查找")
        self._document: Document | None = None
        self._forms: list[str] = []
        self._here = ""
        self._hits: list[Hit] = []
        self._at = -1
        self.field = _Field()
        self.field.setPlaceholderText("查找编码、名称或金额")
        self.field.setAccessibleName("查找内容")
        self.field.setClearButtonEnabled(True)
        self._only_here = QCheckBox("只查当前表(&W)")
        self._count = QLabel()
        self._list = QListWidget()
        self._list.setAccessibleName("找到的位置")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setStyleSheet("QListView::item { padding: 2px; }")
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _text: self._timer.start())
        self.field.stepped.connect(self.step)
        self.field.escaped.connect(self.leave)
        self._only_here.toggled.connect(lambda _on: self._search())
        self._list.itemClicked.connect(self._clicked)
        self.hide()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.addWidget(QLabel("查找："))
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        for text, tip, by in (("▲", "上一个（Shift+F3）", -1), ("▼", "下一个（F3）", 1)):
            button = self._button(text, tip)
            button.clicked.connect(lambda _checked=False, by=by: self.step(by))
            row.addWidget(button)
        row.addWidget(self._only_here)
        close = self._button("✕", "关闭查找（Esc）")
        close.clicked.connect(self.leave)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 6, 4)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._list)

    @staticmethod
    def _button(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    # ── what is searched ────────────────────────────────────────────────────────────────────────────────────────
    def set_document(self, document: Document | None, forms: list[str]) -> None:
        """Search another report; ``forms`` are those that the navigation shows."""
        self._document, self._forms = document, forms
        self._hits, self._at = [], -1
        self.hide()

    def set_here(self, form_id: str) -> None:
        """Say which form is on show."""
        self._here = form_id
        if self.isVisible() and self._only_here.isChecked():
            self._search()

    def start(self, text: str = "") -> None:
        """Show the bar with the keyboard in the field."""
        if self._document is None:
            return
        self.show()
        if text:
            self.field.setText(text)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._search()

    def leave(self) -> None:
        """Hide the bar and give the keyboard back."""
        self.hide()
        self.closed.emit()

    def _search(self) -> None:
        self._timer.stop()
        document = self._document
        if document is None:
            return
        forms = [self._here] if self._only_here.isChecked() and self._here else self._forms
        self._hits = search(document.report, self.field.text(), forms, document.unit)
        self._at = -1
        self._list.clear()
        for hit in self._hits:
            self._list.addItem(QListWidgetItem(f"{hit.where}　{hit.text}"))
        rows = min(len(self._hits), _ROWS_SHOWN)
        self._list.setVisible(rows > 0)
        self._list.setFixedHeight(rows * max(1, self._list.sizeHintForRow(0)) + 2 * self._list.frameWidth() + 2)
        self._say_count()

    def _say_count(self) -> None:
        total = f"{len(self._hits)}{'＋' if len(self._hits) >= MOST_HITS else ''}"
        if not self.field.text().strip():
            self._count.clear()
        elif not self._hits:
            self._count.setText("没有找到")
        else:
            self._count.setText(f"第 {self._at + 1} 处，共 {total} 处" if self._at >= 0 else f"共 {total} 处")

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────
    def step(self, by: int) -> None:
        """Go to the next (+1) or previous (−1) place found."""
        if self._timer.isActive():
            self._search()
        if not self._hits:
            return
        self._show(len(self._hits) - 1 if self._at < 0 and by < 0 else (self._at + by) % len(self._hits))

    def _clicked(self, item: QListWidgetItem) -> None:
        self._show(self._list.row(item))

    def _show(self, at: int) -> None:
        self._at = at
        self._list.setCurrentRow(at)
        self._say_count()
        self.go_wanted.emit(self._hits[at].cell)
