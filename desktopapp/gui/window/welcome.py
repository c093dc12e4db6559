"""The page shown while no report is open: the four ways to begin, and the reports of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.palette import title_font
from desktopapp.gui.window.icons import app_icon
from desktopapp.gui.window.recent_list import RecentList
from desktopapp.gui.window.settings import Recent

_WIDTH = 760
_LINK_KEYS = Qt.TextInteractionFlag.LinksAccessibleByKeyboard
#: Action name → what it is for, in the words of somebody who starts.
_STARTS = (
    ("sample", "打开示例", "看一份填好的报表，试试录入和校验"),
    ("new", "新建报表", "选模板、年度和部门，从空表开始"),
    ("from_last", "从上年文件开始", "读入上年的报表、工作簿或文档"),
    ("open", "打开报表", "打开已有的 .juesuan 文件"),
)


class WelcomePage(QScrollArea):
    """Big buttons and the list of recent reports."""

    #: The path of a report to open.
    open_wanted = Signal(object)
    #: The path of a report, and whether it is to be pinned.
    pin_wanted = Signal(object, bool)
    #: The path of a report to be taken off the list.
    forget_wanted = Signal(object)
    #: Help for somebody who starts.
    help_wanted = Signal()

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("欢迎页")
        self._buttons: list[QPushButton] = []
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 40, 24, 24)
        column.setSpacing(16)
        column.addLayout(self._heading())
        column.addLayout(self._starts(actions))
        self._recent_title = QLabel("最近打开")
        self._recent_title.setFont(title_font(0.75))
        column.addWidget(self._recent_title)
        self.recent = RecentList()
        self.recent.setMaximumWidth(_WIDTH)
        self.recent.open_wanted.connect(self.open_wanted)
        self.recent.pin_wanted.connect(self.pin_wanted)
        self.recent.forget_wanted.connect(self.forget_wanted)
        column.addWidget(self.recent)
        start = QLabel('第一次使用？<a href="#">看看怎样做完一份报告</a>')
        start.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse | _LINK_KEYS)
        start.setAccessibleName("看看怎样做完一份报告")
        start.linkActivated.connect(lambda _link: self.help_wanted.emit())
        column.addWidget(start)
        hint = QLabel("也可以把报表文件直接拖到窗口里打开。全部数据只保存在本机的报表文件中，不联网。")
        hint.setEnabled(False)
        hint.setWordWrap(True)
        column.addWidget(hint)
        column.addStretch(1)
        outer = QWidget()
        middle = QHBoxLayout(outer)
        middle.addStretch(1)
        body.setMaximumWidth(_WIDTH + 48)
        body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        middle.addWidget(body, 100)
        middle.addStretch(1)
        self.setWidget(outer)

    @staticmethod
    def _heading() -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(48, 48))
        title = QLabel("决算公开编制")
        title.setFont(title_font(1.3))
        words = QLabel("填报九张公开表，边录入边校验，导出成册。")
        words.setEnabled(False)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(title)
        texts.addWidget(words)
        texts.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(picture)
        row.addLayout(texts, 1)
        return row

    def _starts(self, actions: dict[str, QAction]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(10)
        for at, (name, label, words) in enumerate(_STARTS):
            action = actions[name]
            button = _StartButton(label, words)
            button.draw(action.icon())
            button.setAccessibleName(label)
            button.setAccessibleDescription(words)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            action.changed.connect(lambda b=button, a=action: b.draw(a.icon()))
            grid.addWidget(button, at // 2, at % 2)
            self._buttons.append(button)
        return grid

    def set_recent(self, recent: Sequence[Recent]) -> None:
        """Show these reports, newest first."""
        self.recent.show_recent(recent)
        self._recent_title.setVisible(bool(recent))

    def first(self) -> QWidget:
        """Return what takes the keyboard first: the newest report, or the first of the ways to begin."""
        return self.recent if self.recent.count() else self._buttons[0]


class _StartButton(QPushButton):
    """A big button: what it does in the first line, what for in the second."""

    def __init__(self, label: str, words: str) -> None:
        super().__init__()
        self.setMinimumHeight(68)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._picture = QLabel()
        first, second = QLabel(label), QLabel(words)
        font = first.font()
        font.setBold(True)
        first.setFont(font)
        second.setEnabled(False)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(first)
        texts.addWidget(second)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(14)
        row.addWidget(self._picture)
        row.addLayout(texts, 1)
        for label_ in (self._picture, first, second):
            label_.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def draw(self, picture: QIcon) -> None:
        """Show another picture."""
        self._picture.setPixmap(picture.pixmap(28, 28))
