"""The history of a report: who changed what, when, from what to what; filtered, printed, exported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.naming import form_name
from desktopapp.core.template import LAST
from desktopapp.gui.document import Document
from desktopapp.gui.sizes import sized
from desktopapp.gui.versions.listing import Listing
from desktopapp.gui.versions.words import Describer, Target, Words, short
from desktopapp.store.errors import StoreError
from desktopapp.store.report_file import HistoryFilter, JournalEntry

_PAGE = 200
_HEADS = ("时间", "操作人", "操作", "原来", "改为")
_ACTIONS = {"create": "", "edit": "", "undo": "撤销：", "redo": "重做："}
_STATES = {"undone": "（已撤销）", "dropped": "（已撤销）"}
_WORDS = Qt.ItemDataRole.UserRole
#: Spans of time to choose from: words and days back from today; None is everything, 0 today.
_SPANS: tuple[tuple[str, int | None], ...] = (("全部时间", None), ("今天", 0), ("最近 7 天", 6), ("最近 30 天", 29))
_OWN_SPAN = "自定时间……"
#: Stands for texts and other contents among the forms.
_CONTENTS = "\0contents"


class HistoryDialog(QDialog):
    """Entries, youngest first; a step that changed several things unfolds. ``target`` is what to show afterwards."""

    print_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, document: Document, form_id: str = "", parent: QWidget | None = None) -> None:
        """``form_id`` is the form on show, offered first."""
        super().__init__(parent)
        self.setWindowTitle("修改历史")
        self._document = document
        self._describer = Describer(document)
        self._loaded = 0
        self.target: Target | None = None
        self.text, self.people, self.forms, self.spans = QLineEdit(), QComboBox(), QComboBox(), QComboBox()
        self.since, self.until = QDateEdit(), QDateEdit()
        self._count = QLabel()
        self.tree = QTreeWidget()
        self.more = QPushButton("显示更早的记录(&M)")
        self.jump, self.print, self.export = QPushButton("转到(&G)"), QPushButton("打印(&P)…"), QPushButton("导出(&E)…")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._fill_filters(form_id)
        self._arrange()
        self._connect()
        self.reload()

    def _fill_filters(self, form_id: str) -> None:
        report = self._document.report
        self.text.setPlaceholderText("操作名称或科目编码")
        self.text.setClearButtonEnabled(True)
        self.people.addItem("全部操作人", None)
        for user in self._users():
            self.people.addItem(user or "（未记录）", user)
        self.forms.addItem("全部内容", "")
        if form_id and report.template.has_form(form_id):
            self.forms.addItem(f"当前表：{form_name(report, form_id)}", form_id)
        for form in report.template.forms:
            if form.id != form_id:
                self.forms.addItem(form_name(report, form.id), form.id)
        self.forms.addItem("上年各表", LAST)
        self.forms.addItem("文字和其他内容", _CONTENTS)
        for words, days in _SPANS:
            self.spans.addItem(words, days)
        self.spans.addItem(_OWN_SPAN, _OWN_SPAN)
        today = QDate.currentDate()
        for edit, name, day in ((self.since, "从", today.addDays(-6)), (self.until, "到", today)):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setDate(day)
            edit.setAccessibleName(name)
            edit.hide()
        self.text.setAccessibleName("筛选文字")
        for combo, words in ((self.people, "操作人"), (self.forms, "表"), (self.spans, "时间")):
            combo.setAccessibleName(words)

    def _users(self) -> list[str]:
        try:
            return self._document.file.history_users()
        except StoreError:
            return []

    def _arrange(self) -> None:
        self.tree.setAccessibleName("修改历史")
        self.tree.setHeaderLabels(_HEADS)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        digit = self.fontMetrics().horizontalAdvance("0")
        for column, characters in ((0, 24), (1, 14), (3, 20), (4, 20)):
            self.tree.setColumnWidth(column, characters * digit)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.more, self.jump, self.print, self.export):
            button.setAutoDefault(False)
        for button in (self.jump, self.print, self.export):
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        filters = QHBoxLayout()
        filters.addWidget(self.text, 1)
        for widget in (self.people, self.forms, self.spans, self.since, self.until):
            filters.addWidget(widget)
        below = QHBoxLayout()
        below.addWidget(self._count)
        below.addWidget(self.more)
        below.addStretch(1)
        below.addWidget(box)
        column_layout = QVBoxLayout(self)
        column_layout.addLayout(filters)
        column_layout.addWidget(self.tree, 1)
        column_layout.addLayout(below)
        sized(self, 1020, 620)

    def _connect(self) -> None:
        self.more.clicked.connect(self._load_more)
        self.print.clicked.connect(self.print_wanted)
        self.export.clicked.connect(self.export_wanted)
        self.jump.clicked.connect(self._jump)
        self.tree.currentItemChanged.connect(lambda _new, _old: self._selected())
        self.tree.itemActivated.connect(lambda _item, _column: self._jump())
        self._timer.timeout.connect(self.reload)
        self.text.textChanged.connect(lambda _text: self._timer.start())
        for combo in (self.people, self.forms):
            combo.currentIndexChanged.connect(lambda _at: self.reload())
        self.spans.currentIndexChanged.connect(self._span_chosen)
        for edit in (self.since, self.until):
            edit.dateChanged.connect(lambda _date: self._timer.start())

    # ── filters ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _span_chosen(self) -> None:
        own = self.spans.currentData() == _OWN_SPAN
        self.since.setVisible(own)
        self.until.setVisible(own)
        self.reload()

    def _days(self) -> tuple[date | None, date | None]:
        """Return the first day and the last day wanted."""
        chosen = self.spans.currentData()
        if chosen == _OWN_SPAN:
            first, last = (date(d.year(), d.month(), d.day()) for d in (self.since.date(), self.until.date()))
            return min(first, last), max(first, last)
        return (None, None) if chosen is None else (datetime.now().date() - timedelta(days=chosen), None)

    def wanted(self) -> HistoryFilter:
        """Return what is to be shown."""
        form, person = self.forms.currentData(), self.people.currentData()
        first, last = self._days()
        return HistoryFilter(
            form="" if form in (LAST, _CONTENTS) else form,
            last_year=form == LAST,
            contents=form == _CONTENTS,
            user=person,
            text=self.text.text().strip(),
            since=datetime.combine(first, time()).astimezone() if first else None,
            until=datetime.combine(last + timedelta(days=1), time()).astimezone() if last else None,
        )

    # ── entries ─────────────────────────────────────────────────────────────────────────────────────────────────
    def reload(self) -> None:
        """Show the youngest entries."""
        self._timer.stop()
        self.tree.clear()
        self._loaded = 0
        self._load_more()
        self._selected()

    def _load_more(self) -> None:
        try:
            entries = self._document.file.history(_PAGE, self._loaded, self.wanted())
            total = self._document.file.history_length(self.wanted())
        except StoreError as error:
            self._count.setText(str(error))
            self.more.hide()
            return
        self._loaded += len(entries)
        self.tree.addTopLevelItems([self._item(entry) for entry in entries])
        self._count.setText(f"共 {total} 条，显示 {self._loaded} 条" if total else "没有符合条件的记录")
        self.more.setVisible(self._loaded < total)
        for button in (self.print, self.export):
            button.setEnabled(total > 0)

    def _item(self, entry: JournalEntry) -> QTreeWidgetItem:
        """Return the row of an entry; several changes stand below it."""
        lines = [words for change in entry.changes for words in self._describer.words(change)]
        if len(lines) == 1:
            return _row((*_head(entry), short(lines[0].was), short(lines[0].now)), lines[0])
        item = _row((*_head(entry), "", ""), None)
        item.addChildren([_row(("", "", w.what, short(w.was), short(w.now)), w) for w in lines])
        return item

    def _selected(self) -> None:
        words = _words_of(self.tree.currentItem())
        self.jump.setEnabled(words is not None and words.target is not None)

    def _jump(self) -> None:
        words = _words_of(self.tree.currentItem())
        if words is not None and words.target is not None:
            self.target = words.target
            self.accept()

    # ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────
    def listing(self) -> Listing:
        """Return everything that the filters let through as a list, a row for each change."""
        report = self._document.report
        title = f"{report.department} {report.year} 年度 修改历史".strip()
        return Listing(title, self._note(), ("时间", "操作人", "操作", "内容", "原来", "改为"), [*self._rows()], (4, 5))

    def _note(self) -> str:
        chosen = [c.currentText() for c in (self.people, self.forms) if c.currentIndex() > 0]
        first, last = self._days()
        if first is not None:
            chosen.append(f"{first:%Y-%m-%d} 至 {last or datetime.now():%Y-%m-%d}")
        if text := self.text.text().strip():
            chosen.append(f"含“{text}”")
        return f"筛选：{'，'.join(chosen)}。" if chosen else "全部修改历史。"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        at = 0
        while entries := self._document.file.history(_PAGE, at, self.wanted()):
            at += len(entries)
            for entry in entries:
                when, user, what = _head(entry)
                lines = [words for change in entry.changes for words in self._describer.words(change)]
                yield from ((when, user, what, w.what, w.was, w.now) for w in lines)
                if not lines:
                    yield when, user, what, "", "", ""


def _head(entry: JournalEntry) -> tuple[str, str, str]:
    when = entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return when, entry.user, f"{_ACTIONS.get(entry.action, '')}{entry.label}{_STATES.get(entry.state, '')}"


def _row(texts: tuple[str, ...], words: Words | None) -> QTreeWidgetItem:
    item = QTreeWidgetItem([*texts])
    for column in (3, 4) if words is not None and words.gap else ():
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setToolTip(2, texts[2])
    if words is not None:
        item.setToolTip(3, words.was[:2_000])
        item.setToolTip(4, words.now[:2_000])
        item.setData(0, _WORDS, words)
    return item


def _words_of(item: QTreeWidgetItem | None) -> Words | None:
    found = item.data(0, _WORDS) if item is not None else None
    return found if isinstance(found, Words) else None
