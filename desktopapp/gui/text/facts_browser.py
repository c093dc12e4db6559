"""All facts of the report: id, label, value, source; search, go to the source, insert into the text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of
from desktopapp.gui.sizes import sized
from desktopapp.gui.text.words import sources, value_of
from desktopapp.narrative.facts import Fact

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADS = ("名称", "数值", "单位", "来源", "编号")


class FactsModel(QAbstractTableModel):
    """The facts that match a search, computed when they come into view."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._all: list[Fact] = []
        self._shown: list[Fact] = []
        self._words: tuple[str, ...] = ()

    def refresh(self) -> None:
        """Show the facts as they are now."""
        self._all = list(self._document.text.facts.all())
        self._apply()

    def search(self, text: str) -> None:
        """Show the facts whose label, id or value holds every word."""
        self._words = tuple(text.split())
        self._apply()

    def _apply(self) -> None:
        self.beginResetModel()
        self._row = lru_cache(maxsize=None)(self._make_row)
        self._shown = [f for f in self._all if self._matches(f)]
        self.endResetModel()

    def _matches(self, fact: Fact) -> bool:
        if not self._words:
            return True
        value = value_of(self._document.text, fact)
        where = f"{fact.label} {fact.id} {value} {value.replace(',', '')}"
        return all(w in where for w in self._words)

    def fact(self, row: int) -> Fact | None:
        """Return the fact of a row."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def total(self) -> int:
        """Return how many facts there are."""
        return len(self._all)

    def _make_row(self, row: int) -> tuple[str, ...]:
        fact, text = self._shown[row], self._document.text
        unit = "" if fact.kind in ("rate", "text") else fact.unit
        value = value_of(text, fact)
        value = value.removesuffix(unit).strip() if fact.known else value
        return fact.label, value, unit, text.facts.how(fact.id), fact.id

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return how many facts match."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_HEADS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts; what cannot be stated is faint and says why."""
        if not index.isValid():
            return None
        fact = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._row(index.row())[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1 and fact.known and fact.kind != "text":
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and (not fact.known or index.column() == len(_HEADS) - 1):
            parent = self.parent()
            return QColor(theme_of(parent.palette()).faint) if isinstance(parent, QWidget) else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heads of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _HEADS[section]
        return None


class FactsBrowser(QDialog):
    """Stays beside the window; follows the report while it is open."""

    #: A fact id to insert into the text.
    insert_wanted = Signal(str)
    #: A place to show.
    place_wanted = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("数据一览")
        self._document = document
        self.model = FactsModel(document, self)
        self.field = QLineEdit()
        self.field.setPlaceholderText("查找：名称、数值或编号，多个词用空格分开")
        self.field.setAccessibleName("查找数据")
        self.field.setClearButtonEnabled(True)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName("数据一览")
        self._count = QLabel()
        self.insert = QPushButton("插入到文字(&I)")
        self.source = QPushButton("转到来源(&G)")
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _text: self._timer.start())
        self.field.returnPressed.connect(self._search)
        self.insert.clicked.connect(self._insert)
        self.source.clicked.connect(self._go)
        self.view.doubleClicked.connect(lambda _index: self._insert() if self.insert.isEnabled() else self._go())
        self.view.selectionModel().currentChanged.connect(lambda *_: self._enable())
        document.text.facts_changed.connect(self._facts_changed)
        self._can_insert = False
        self.refresh()

    def _facts_changed(self, _ids: object) -> None:
        if self.isVisible():
            self.refresh()

    def _arrange(self) -> None:
        view = self.view
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.setShowGrid(False)
        view.setAlternatingRowColors(True)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        digit = view.fontMetrics().horizontalAdvance("0")
        for column, characters in enumerate((44, 20, 8, 46, 24)):
            view.setColumnWidth(column, characters * digit)
        view.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.insert.setAutoDefault(False)
        self.source.setAutoDefault(False)
        below = QHBoxLayout()
        below.addWidget(self._count, 1)
        below.addWidget(self.source)
        below.addWidget(self.insert)
        below.addWidget(buttons)
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(self.field)
        column_layout.addWidget(view, 1)
        column_layout.addLayout(below)
        sized(self, 1080, 560)

    def refresh(self) -> None:
        """Show the facts as they are now."""
        here = self.chosen()
        self.model.refresh()
        self._select(here.id if here is not None else "")

    def _search(self) -> None:
        self._timer.stop()
        self.model.search(self.field.text())
        self._select("")

    def _select(self, fact_id: str) -> None:
        rows = range(self.model.rowCount())
        at = next((r for r in rows if (f := self.model.fact(r)) is not None and f.id == fact_id), 0)
        if self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(at, 0))
        shown, total = self.model.rowCount(), self.model.total()
        self._count.setText(f"共 {total} 个数据" + (f"，找到 {shown} 个" if shown < total else ""))
        self._enable()

    def allow_insert(self, on: bool) -> None:
        """Say whether a page of text is there to take a fact."""
        self._can_insert = on
        self._enable()

    def _enable(self) -> None:
        fact = self.chosen()
        self.insert.setEnabled(fact is not None and self._can_insert)
        self.source.setEnabled(fact is not None and bool(fact.cells or fact.inputs))

    def chosen(self) -> Fact | None:
        """Return the current fact."""
        return self.model.fact(self.view.currentIndex().row())

    def _insert(self) -> None:
        fact = self.chosen()
        if fact is not None:
            self.insert_wanted.emit(fact.id)

    def _go(self) -> None:
        fact = self.chosen()
        found = next(iter(sources(self._document.text, self._document.report, fact)), None) if fact else None
        if found is not None:
            self.place_wanted.emit(found[1])
