"""The steps of the year's report as a short list: what is done, what comes next, and the button that does it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.palette import theme_of
from desktopapp.gui.progress.steps import Step, next_step

_BESIDE = 6


class Guide(QFrame):
    """Blocks nothing: it can be looked at, followed, left alone or closed."""

    #: The Step whose button was pressed.
    step_wanted = Signal(object)
    #: The guide is not wanted any more.
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("编制引导")
        self._steps: list[Step] = []
        self._followed = True
        title = QLabel("编制引导")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.setAccessibleName("收起编制引导")
        close.setToolTip("收起编制引导；要再看时用“帮助 → 编制引导”")
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(close)
        self.list = QListWidget()
        self.list.setAccessibleName("编制步骤")
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _item: self._go())
        # Whoever looks at a step stays there; otherwise the list follows the work.
        self.list.clicked.connect(lambda _index: self._stay())
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.go = QPushButton("下一步")
        self.go.clicked.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(_BESIDE, 2, _BESIDE, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.words)
        column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show steps; the current one moves on with the work."""
        steps = list(steps)
        if steps == self._steps:
            return
        row = self.list.currentRow()
        follow = self._followed or not self._steps or (0 <= row < len(steps) and steps[row].done)
        self._steps = steps
        self.list.blockSignals(True)
        if self.list.count() != len(steps):
            self.list.clear()
            for _ in steps:
                self.list.addItem(QListWidgetItem())
        theme = theme_of(self.palette())
        for at, step in enumerate(steps):
            item = self.list.item(at)
            item.setText(f"{'✓' if step.done else '○'} {at + 1}　{step.title}")
            item.setForeground(QColor(theme.good if step.done else theme.ink))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"第 {at + 1} 步 {step.title}，{_state(step)}")
        self.list.blockSignals(False)
        if follow:
            self._followed = True
            self.list.setCurrentRow(next_step(steps))
        self._show(self.list.currentRow())

    def _fit(self) -> None:
        """Make the list exactly as high as its steps."""
        if self.list.count():
            height = self.list.sizeHintForRow(0) * self.list.count() + 2 * self.list.frameWidth() + 2
            self.list.setFixedHeight(height)
        inner = self.width() - 2 * _BESIDE - 2 * self.frameWidth()
        if self.words.text():
            self.words.setFixedHeight(self.words.heightForWidth(max(60, inner)))

    def current(self) -> Step | None:
        """Return the step on show."""
        row = self.list.currentRow()
        return self._steps[row] if 0 <= row < len(self._steps) else None

    def _stay(self) -> None:
        self._followed = False

    def _show(self, _row: int) -> None:
        step = self.current()
        if step is None:
            return
        self.words.setText(step.words)
        self._fit()
        self.go.setText(step.button)
        self.go.setEnabled(bool(step.action or step.page))
        self.go.setAccessibleDescription(step.words)

    def _go(self) -> None:
        step = self.current()
        if step is not None and (step.action or step.page):
            self.step_wanted.emit(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the words the height that they take at this width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: object) -> None:
        """Follow another size of the writing and other colours."""
        from PySide6.QtCore import QEvent

        assert isinstance(event, QEvent)
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange) and hasattr(self, "go"):
            steps, self._steps = self._steps, []
            if steps:
                self.show_steps(steps)


def _state(step: Step) -> str:
    return "已完成" if step.done else "未完成"
