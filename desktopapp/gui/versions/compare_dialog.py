"""The open report against another version of it: a backup, or any other report file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.report import Report
from desktopapp.gui.sizes import sized
from desktopapp.gui.versions.listing import Listing
from desktopapp.gui.versions.side_by_side import SideBySide
from desktopapp.gui.versions.words import Describer, Words, short
from desktopapp.store.backup import Backup
from desktopapp.store.differences import Differences, differences

if TYPE_CHECKING:
    from desktopapp.gui.document import Document

_NUMBERS = (1, 2, 3)
_WORDS = Qt.ItemDataRole.UserRole
#: Edits in the window are taken in when nothing has changed for this long.
_QUIET_MS = 400


class CompareVersionsDialog(QDialog):
    """Differences grouped by form; stays open beside the window and follows what is changed there."""

    #: A Target to show in the window.
    jump_wanted = Signal(object)
    #: Another version is wanted: its path, None to ask for a file.
    version_wanted = Signal(object)
    print_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, document: Document, backups: list[Backup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("比较版本")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._document = document
        self._before: Report | None = None
        self._lines: list[Words] = []
        self._found = Differences((), 0)
        self.versions = QComboBox()
        self.versions.setAccessibleName("与哪个版本比较")
        for backup in backups:
            self.versions.addItem(f"备份 {backup.made:%Y-%m-%d %H:%M:%S}（{backup.reason}）", str(backup.path))
        self.other = QPushButton("其他报表文件(&O)…")
        self.other.setAutoDefault(False)
        self.groups = QComboBox()
        self.groups.setAccessibleName("只看")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("筛选")
        self.filter.setAccessibleName("筛选")
        self.filter.setClearButtonEnabled(True)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.tree = QTreeWidget()
        self.texts = SideBySide(("那个版本", "现在"))
        self.jump = QPushButton("转到(&G)")
        self.print = QPushButton("打印(&P)…")
        self.export = QPushButton("导出(&E)…")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.tree.setAccessibleName("不同之处")
        self.tree.setHeaderLabels(("位置", "那个版本", "现在", "差额"))
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        digit = self.fontMetrics().horizontalAdvance("0")
        for column in _NUMBERS:
            self.tree.setColumnWidth(column, 22 * digit)
        row = QHBoxLayout()
        words = QLabel("与(&V)")
        words.setBuddy(self.versions)
        for widget, stretch in ((words, 0), (self.versions, 1), (QLabel("比较"), 0), (self.other, 0)):
            row.addWidget(widget, stretch)
        filters = QHBoxLayout()
        filters.addWidget(self.groups)
        filters.addWidget(self.filter, 1)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.tree)
        halves.addWidget(self.texts)
        halves.setSizes([420, 160])
        halves.setStretchFactor(0, 1)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.jump, self.print, self.export):
            button.setAutoDefault(False)
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.close)
        column_layout = QVBoxLayout(self)
        column_layout.addLayout(row)
        column_layout.addWidget(self.summary)
        column_layout.addLayout(filters)
        column_layout.addWidget(halves, 1)
        column_layout.addWidget(box)
        sized(self, 1040, 700)
        self.texts.hide()

    def _connect(self) -> None:
        self.versions.activated.connect(lambda at: self.version_wanted.emit(Path(self.versions.itemData(at))))
        self.other.clicked.connect(lambda: self.version_wanted.emit(None))
        self.groups.currentIndexChanged.connect(lambda _at: self._show_lines())
        self.filter.textChanged.connect(lambda _text: self._show_lines())
        self.tree.currentItemChanged.connect(lambda _new, _old: self._selected())
        self.tree.itemActivated.connect(lambda _item, _column: self._jump())
        self.jump.clicked.connect(self._jump)
        self.print.clicked.connect(self.print_wanted)
        self.export.clicked.connect(self.export_wanted)
        self._timer.timeout.connect(self.refresh)
        self._document.changed.connect(lambda _changes: self._timer.start())
        self._document.unit_changed.connect(lambda _unit: self._timer.start())
        # The report that is compared goes away with its document.
        self._document.destroyed.connect(self.close)

    # ── contents ────────────────────────────────────────────────────────────────────────────────────────────────
    def set_version(self, path: Path, before: Report) -> None:
        """Compare with this version from now on."""
        at = self.versions.findData(str(path))
        if at < 0:
            self.versions.addItem(f"文件 {path.name}", str(path))
            at = self.versions.count() - 1
            self.versions.setItemData(at, str(path), Qt.ItemDataRole.ToolTipRole)
        self.versions.setCurrentIndex(at)
        self._before = before
        self.refresh()

    def refresh(self) -> None:
        """Compare anew."""
        self._timer.stop()
        if self._before is None:
            return
        self._found = differences(self._before, self._document.report)
        describer = Describer(self._document, self._before)
        self._lines = [words for change in self._found.changes for words in describer.words(change)]
        wanted = self.groups.currentData()
        counts = Counter(line.group for line in self._lines)
        self.groups.blockSignals(True)
        self.groups.clear()
        self.groups.addItem(f"全部（{len(self._lines)} 处）", "")
        for group, count in counts.items():
            self.groups.addItem(f"{group}（{count} 处）", group)
        self.groups.setCurrentIndex(max(0, self.groups.findData(wanted)))
        self.groups.blockSignals(False)
        self.summary.setText(self.note())
        self._show_lines()

    def note(self) -> str:
        """Return the result in one sentence."""
        if not self._lines:
            return f"与“{self.versions.currentText()}”完全相同，{self._found.same} 个金额都一样。"
        counts = (
            ("金额", self._found.count("cell")),
            ("科目行", self._found.count("row", "order")),
            ("文字和数据", len(self._lines) - len([c for c in self._found.changes if c.kind != "field"])),
            ("报表属性", self._found.count("head", "setting", "grain")),
        )
        words = "、".join(f"{name} {count} 处" for name, count in counts if count)
        return f"与“{self.versions.currentText()}”相比，{words}不同；另有 {self._found.same} 个金额相同。"

    def shown(self) -> list[Words]:
        """Return the lines that the filters let through."""
        group, text = self.groups.currentData(), self.filter.text().strip()
        return [
            line
            for line in self._lines
            if group in ("", line.group) and (not text or any(text in t for t in (line.what, line.was, line.now)))
        ]

    def _show_lines(self) -> None:
        here = self._words()
        self.tree.clear()
        tops: dict[str, QTreeWidgetItem] = {}
        lines = self.shown()
        current: QTreeWidgetItem | None = None
        for line in lines:
            top = tops.get(line.group)
            if top is None:
                top = tops[line.group] = QTreeWidgetItem([line.group])
                self.tree.addTopLevelItem(top)
                top.setFirstColumnSpanned(True)
            item = QTreeWidgetItem([_bare(line), short(line.was), short(line.now), line.gap])
            item.setData(0, _WORDS, line)
            item.setToolTip(0, line.what)
            for column in _NUMBERS if line.gap else ():
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            top.addChild(item)
            if here is not None and (line.group, line.what) == (here.group, here.what):
                current = item
        for group, top in tops.items():
            top.setText(0, f"{group}（{top.childCount()} 处）")
        self.tree.expandAll()
        if current is None and lines:
            current = self.tree.topLevelItem(0).child(0)  # type: ignore[union-attr]
        if current is not None:
            self.tree.setCurrentItem(current)
        for button in (self.print, self.export):
            button.setEnabled(bool(lines))
        self._selected()

    def _words(self) -> Words | None:
        item = self.tree.currentItem()
        found = item.data(0, _WORDS) if item is not None else None
        return found if isinstance(found, Words) else None

    def _selected(self) -> None:
        line = self._words()
        self.jump.setEnabled(line is not None and line.target is not None)
        long = line is not None and any(short(t) != t for t in (line.was, line.now))
        self.texts.setVisible(long)
        if line is not None and long:
            self.texts.show_texts(line.was, line.now)

    def _jump(self) -> None:
        line = self._words()
        if line is not None and line.target is not None:
            self.jump_wanted.emit(line.target)

    def listing(self) -> Listing:
        """Return what is shown as a list for printing and export."""
        report = self._document.report
        rows = [(line.group, _bare(line), line.was, line.now, line.gap) for line in self.shown()]
        title = f"{report.department} {report.year} 年度 版本比较".strip()
        return Listing(title, self.note(), ("表", "位置", "那个版本", "现在", "差额"), rows, (4,))


def _bare(line: Words) -> str:
    """Return what a line is about without the form, which stands above it."""
    return line.what.removeprefix(line.group).strip() or line.what
