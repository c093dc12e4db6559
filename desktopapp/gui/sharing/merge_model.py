"""The differences of a merge as a tree: forms and sections, below them the places, and whose value is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication

from desktopapp.core.merging import Item, Place, Side
from desktopapp.core.merging_steps import choices_of
from desktopapp.gui.palette import theme_of
from desktopapp.jobs.merging import Merging, Named

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
HEADS = ("位置", "共同版本", "我方", "对方", "取用")
WHERE, BASE, MINE, THEIRS, TAKEN = range(5)
_WORDS = {Side.MINE: "我方", Side.THEIRS: "对方", Side.BOTH: "两边合并"}
_LONGEST = 80
_AMOUNTS = {BASE, MINE, THEIRS}
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_SIDES = {MINE: Side.MINE, THEIRS: Side.THEIRS}


class Shown(Enum):
    """Which differences are listed."""

    ALL = "全部"
    CONFLICTS = "只看冲突"
    OPEN = "只看未决定的冲突"


class MergeModel(QAbstractItemModel):
    """Whose value is taken of everything that differs; conflicts are open until somebody decides."""

    #: Another choice was made.
    chosen = Signal()

    def __init__(self, merging: Merging, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.merging = merging
        self.choices: dict[Place, Side] = choices_of(merging.merge)
        self.items = [i for i in merging.merge.items if not i.is_quiet]
        self._named: dict[Place, Named] = {i.place: merging.named(i) for i in self.items}
        self._groups: list[tuple[str, list[Item]]] = []
        self.show_only(Shown.ALL)

    # ── what is listed ──────────────────────────────────────────────────────────────────────────────────────────
    def show_only(self, shown: Shown) -> None:
        """List all differences, the conflicts, or those still open."""
        self.beginResetModel()
        wanted: dict[Shown, Callable[[Item], bool]] = {
            Shown.ALL: lambda i: True,
            Shown.CONFLICTS: lambda i: i.is_conflict,
            Shown.OPEN: self.is_open,
        }
        groups: dict[str, list[Item]] = {}
        for item in filter(wanted[shown], self.items):
            groups.setdefault(self._named[item.place].group, []).append(item)
        self._groups = list(groups.items())
        self.endResetModel()

    def is_open(self, item: Item) -> bool:
        """Tell whether nobody has decided a conflict yet."""
        return item.place not in self.choices

    def open_items(self) -> list[Item]:
        """Return the conflicts that nobody has decided."""
        return [i for i in self.items if self.is_open(i)]

    def taken(self) -> int:
        """Return how many places change."""
        return sum(self.choices.get(i.place, Side.MINE) is not Side.MINE for i in self.items)

    def named(self, item: Item) -> Named:
        """Return an item in words."""
        return self._named[item.place]

    def items_at(self, indexes: Iterable[_Index]) -> list[Item]:
        """Return the items of rows, those of a whole group for its row."""
        found: dict[Place, Item] = {}
        for index in indexes:
            item = self.item_at(index)
            listed = [item] if item is not None else self._groups[index.row()][1] if index.isValid() else []
            found |= {i.place: i for i in listed}
        return list(found.values())

    def item_at(self, index: _Index) -> Item | None:
        """Return the item of a row, None for a group."""
        if not index.isValid() or not index.internalId():
            return None
        return self._groups[index.internalId() - 1][1][index.row()]

    def index_of(self, item: Item) -> QModelIndex:
        """Return the row of an item, invalid where it is not listed."""
        for group, (_, listed) in enumerate(self._groups):
            for row, other in enumerate(listed):
                if other.place == item.place:
                    return self.createIndex(row, 0, group + 1)
        return QModelIndex()

    def after(self, index: _Index) -> Item | None:
        """Return the next open conflict behind a row, from the beginning again at the end; None where none is open."""
        listed = [i for _, items in self._groups for i in items]
        here = self.item_at(index)
        at = next((n for n, i in enumerate(listed) if here is not None and i.place == here.place), -1)
        return next((i for i in (*listed[at + 1 :], *listed[: at + 1]) if self.is_open(i)), None)

    # ── choosing ────────────────────────────────────────────────────────────────────────────────────────────────
    def choose(self, items: Iterable[Item], side: Side) -> None:
        """Take a side in some places; both only where the text of both can be combined."""
        for item in items:
            if side is not Side.BOTH or item.combined is not None:
                self.choices[item.place] = side
        for group in range(len(self._groups)):
            top = self.index(group, 0)
            self.dataChanged.emit(top, self.index(group, TAKEN))
            last = self.rowCount(top) - 1
            self.dataChanged.emit(self.index(0, 0, top), self.index(last, TAKEN, top))
        self.chosen.emit()

    def choose_column(self, index: _Index) -> bool:
        """Take the side whose column was clicked; tells whether one was."""
        side = _SIDES.get(index.column())
        if side is not None:
            self.choose(self.items_at([index]), side)
        return side is not None

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        """Return the index of a group or of an item below one."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        """Return the group of an item."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of groups, or of items in one."""
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() or parent.column() else len(self._groups[parent.row()][1])

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heads of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts, and colours that tell what is taken."""
        item = self.item_at(index)
        if item is None:
            return self._group_data(index, role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(item, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(item, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and item.place.kind == "cell" and index.column() in _AMOUNTS:
            return _RIGHT
        return self._look(item, index.column(), role)

    def _group_data(self, index: _Index, role: int) -> Any:
        name, listed = self._groups[index.row()]
        left = sum(map(self.is_open, listed))
        if role == Qt.ItemDataRole.FontRole:
            font = QFont(QGuiApplication.font())
            font.setBold(True)
            return font
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) and index.column() == WHERE:
            return f"{name}（{len(listed)} 处）"
        if role == Qt.ItemDataRole.DisplayRole and index.column() == TAKEN and left:
            return f"{left} 处未定"
        return None

    def _text(self, item: Item, column: int) -> str:
        if column == TAKEN:
            side = self.choices.get(item.place)
            return _WORDS[side] if side is not None else "◆ 请选择"
        words = self._named[item.place]
        text = (words.where, words.base, words.mine, words.theirs)[column]
        line = " ".join(text.split())
        return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"

    def _tip(self, item: Item, column: int) -> str:
        side = _SIDES.get(column)
        if side is None:
            return self._text(item, column)
        touch = self.merging.touch(item, side)
        who = f"{touch.user}，{touch.at.astimezone():%Y-%m-%d %H:%M}" if touch is not None else "没有改动"
        return f"{who}\n点一下就取这一边"

    def _look(self, item: Item, column: int, role: int) -> Any:
        theme = theme_of(QGuiApplication.palette())
        side = self.choices.get(item.place)
        taken = side is not None and (_SIDES.get(column) is side or (side is Side.BOTH and column in _SIDES))
        if role == Qt.ItemDataRole.BackgroundRole:
            if side is None:
                return QColor(theme.warning.fill)
            return QColor(theme.computed_fill) if taken else None
        if role == Qt.ItemDataRole.ForegroundRole:
            if side is None and column == TAKEN:
                return QColor(theme.warning.ink)
            return QColor(theme.faint) if column == BASE or (column in _SIDES and side and not taken) else None
        if role == Qt.ItemDataRole.FontRole and taken:
            font = QFont(QGuiApplication.font())
            font.setBold(True)
            return font
        return None
