"""The cell inspector under the form: what the current cell is, and every relation it takes part in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.checker import Verdict
from desktopapp.core.commands import CommandError, SetCells
from desktopapp.core.template import LAST, Cell
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.suspects.line import SuspectLine
from desktopapp.gui.window.explain import RelationLine, cell_words, relation_lines, relation_terms
from desktopapp.store.errors import StoreError

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADS = ("结论", "关系", "左边", "", "右边", "差额")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class RelationsModel(QAbstractTableModel):
    """The relations of one cell, one per row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[RelationLine] = []
        self._document: Document | None = None

    def show(self, document: Document | None, lines: list[RelationLine]) -> None:
        """Show other relations, or the same ones with other values."""
        self._document = document
        same = [line.relation.id for line in lines] == [line.relation.id for line in self._lines]
        if not same:
            self.beginResetModel()
        self._lines = lines
        if not same:
            self.endResetModel()
        elif lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(_HEADS) - 1))

    def line(self, row: int) -> RelationLine | None:
        """Return the relation in a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of relations."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heads of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if (
            orientation == Qt.Orientation.Horizontal
            and role == Qt.ItemDataRole.TextAlignmentRole
            and section in (2, 4, 5)
        ):
            return _RIGHT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts, colours and the tooltip with every amount."""
        line = self.line(index.row())
        if line is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column > 1 and not line.why:
            return _CENTRE if column == 3 else _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(line, column)
        if role == Qt.ItemDataRole.ToolTipRole and self._document is not None:
            return relation_terms(self._document.report, line.relation, self._document.unit)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._text(line, column)
        return None

    @staticmethod
    def _text(line: RelationLine, column: int) -> str:
        if column == 0:
            sign = "✓" if line.verdict is Verdict.HOLDS else SIGNS[line.severity] if line.severity is not None else "–"
            return f"{sign} {line.state}"
        if column == 1:
            return line.says
        return (line.left or line.why, line.sign, line.right, line.gap)[column - 2]

    @staticmethod
    def _colour(line: RelationLine, column: int) -> QColor | None:
        theme = theme_of(QGuiApplication.palette())
        if line.severity is not None:
            return QColor(theme.mark(line.severity).ink)
        if line.verdict is Verdict.HOLDS:
            return QColor(theme.good) if column == 0 else None
        return QColor(theme.faint)


class _RelationsView(QTableView):
    """The table; Enter does what a double click does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.doubleClicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class Inspector(QWidget):
    """Head line and relations of the current cell."""

    #: Cells to mark in the forms (a tuple of Cell).
    mark_wanted = Signal(object)
    #: The Cell to show, and the cells to mark with it.
    jump_wanted = Signal(object, object)
    #: A sentence about something that failed.
    failed = Signal(str)
    #: A Suspect whose suggestion is to be adopted.
    adopt_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("单元格说明")
        self._document: Document | None = None
        self._cell: Cell | None = None
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._put_back = QPushButton("恢复自动计算(&Z)")
        self._value, self._origin, self._last = QLabel(), QLabel(), QLabel()
        self._last.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._put_back.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._put_back.setToolTip("让这一格重新按关系自动计算，替换手工录入的金额")
        self._put_back.clicked.connect(self._restore)
        names, about = QHBoxLayout(), QHBoxLayout()
        names.setSpacing(14)
        about.setSpacing(14)
        names.addWidget(self._name, 1)
        names.addWidget(self._value)
        about.addWidget(self._origin)
        about.addWidget(self._last, 1)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addLayout(names)
        texts.addLayout(about)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addLayout(texts, 1)
        head.addWidget(self._put_back)
        self.suspect = SuspectLine()
        self.suspect.adopt_wanted.connect(self.adopt_wanted)
        self.model = RelationsModel(self)
        self.view = self._make_view()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.suspect)
        column.addWidget(self.view, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.refresh)
        self.refresh()

    def _make_view(self) -> QTableView:
        view = _RelationsView()
        view.setAccessibleName("当前单元格的关系")
        view.setModel(self.model)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        view.clicked.connect(self._chosen)
        view.doubleClicked.connect(self._opened)
        self._fit(view)
        return view

    def _fit(self, view: QTableView) -> None:
        metrics = view.fontMetrics()
        view.verticalHeader().setDefaultSectionSize(metrics.height() + 6)
        digit = metrics.horizontalAdvance("0")
        for column, characters in ((0, 10), (2, 15), (3, 4), (4, 15), (5, 13)):
            view.setColumnWidth(column, characters * digit)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "view"):
            self._fit(self.view)

    # ── contents ────────────────────────────────────────────────────────────────────────────────────────────────
    def set_document(self, document: Document | None) -> None:
        """Follow another document, or none."""
        if self._document is not None:
            self._document.changed.disconnect(self._schedule)
            self._document.unit_changed.disconnect(self._schedule)
            self._document.suspicions.changed.disconnect(self._schedule)
        self._document, self._cell = document, None
        if document is not None:
            document.changed.connect(self._schedule)
            document.unit_changed.connect(self._schedule)
            document.suspicions.changed.connect(self._schedule)
        self.refresh()

    def set_cell(self, cell: Cell | None) -> None:
        """Explain another cell; drawn once the event loop is free, so that moving fast stays fast."""
        self._cell = cell
        self._schedule()

    def _schedule(self, *_: object) -> None:
        self._timer.start()

    def refresh(self) -> None:
        """Show what is known of the current cell now."""
        self._timer.stop()
        document, cell = self._document, self._cell
        self.suspect.show_cell(document, cell)
        if document is None or cell is None or not document.report.has_cell(cell):
            for label in (self._value, self._origin, self._last):
                label.clear()
            self._name.setText("选中一个金额，这里列出它的全部关系。" if document is not None else "")
            self._put_back.hide()
            self._show_lines(None, [])
            return
        checker = document.engine.checker
        words = cell_words(document.report, checker, cell, document.unit)
        self._name.setText(words.name)
        self._name.setToolTip(words.name)
        self._value.setText(words.value)
        self._origin.setText(words.origin)
        self._last.setText(words.last_year)
        self._put_back.setVisible(self._can_follow(document, cell))
        self._show_lines(document, relation_lines(document.report, checker, cell, document.unit))

    def _show_lines(self, document: Document | None, lines: list[RelationLine]) -> None:
        self.model.show(document, lines)
        self.view.clearSpans()
        for row, line in enumerate(lines):
            if line.why:
                # Why a relation is not judged takes the place of its values.
                self.view.setSpan(row, 2, 1, len(_HEADS) - 2)

    @staticmethod
    def _can_follow(document: Document, cell: Cell) -> bool:
        typed = cell not in document.report.auto and not cell.form.startswith(LAST)
        return typed and not document.read_only and document.engine.checker.definer(cell) is not None

    # ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _restore(self) -> None:
        document, cell = self._document, self._cell
        if document is None or cell is None:
            return
        try:
            document.apply(SetCells(((cell, document.report.get(cell), True),)))
        except (CommandError, StoreError) as error:
            self.failed.emit(str(error))

    def _chosen(self, index: QModelIndex) -> None:
        line = self.model.line(index.row())
        if line is not None:
            self.mark_wanted.emit(tuple(c for _, c in line.relation.terms))

    def _opened(self, index: QModelIndex) -> None:
        """Jump to the other end of a relation: a cell of another form if it has one, else its total."""
        line = self.model.line(index.row())
        if line is None or self._cell is None:
            return
        cells = tuple(c for _, c in line.relation.terms)
        here = self._cell
        others = [c for c in cells if c.form != here.form] or [c for c in cells if c != here]
        self.jump_wanted.emit(others[0] if others else here, cells)
