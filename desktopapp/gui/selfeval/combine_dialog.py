"""Puts the actuals of several units together: typed, pasted from Excel, or taken from the units' own files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import AmountError
from desktopapp.core.performance.selfeval import SelfEvaluation
from desktopapp.core.performance.wording import bare_words
from desktopapp.gui.forms.clipboard import Copied, from_html, from_tsv, to_tsv
from desktopapp.gui.palette import theme_of
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.selfeval.combine_model import LEFT, CombineModel
from desktopapp.gui.sizes import sized

_NOTE = (
    "几个单位共同实施的项目，在这里填写各单位的预算数、执行数和实际完成值，可以从 Excel 整块粘贴。"
    "绝对值相加；百分比、分数和时限等相对值按预算数加权平均；文字逐一列出。先汇总，再计分。"
)


class CombineDialog(QDialog):
    """Shows for every indicator what the units come to and how; the caller applies it."""

    def __init__(self, form: SelfEvaluation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"汇总各单位的实际完成值：{form.head.name or '未命名的自评表'}")
        self._form = form
        self._found: SelfEvaluation | None = None
        self.model = CombineModel(form, self)
        self.model.set_theme(theme_of(self.palette()))
        self.table = _Table(self.model)
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        note = QLabel(_NOTE)
        note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.addWidget(note)
        column.addLayout(self._buttons())
        column.addWidget(self.table, 1)
        column.addWidget(self.trouble)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = box.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText("采用汇总结果(&O)")
        # Enter goes down in the table; it must not close the dialog.
        self.ok.setAutoDefault(False)
        self.ok.setDefault(False)
        cancel = box.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText("取消(&C)")
        cancel.setAutoDefault(False)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        column.addWidget(box)
        self.model.edited.connect(self._judge)
        sized(self, 1080, 620)
        self._judge()
        self.table.setCurrentIndex(self.model.index(0, LEFT))
        self.table.setFocus()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for key, text, tip, call in (
            ("add", "增加单位(&A)", "在右边加一列", lambda: self.model.add_unit()),
            ("remove", "删除单位(&D)", "删除当前一列", self._remove),
            ("files", "从各单位文件取数(&F)…", "读各单位的 .juesuan 文件里同名的自评表", self._ask_files),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, c=call: c())
            row.addWidget(button)
            self.buttons[key] = button
        row.addStretch(1)
        return row

    def result_form(self) -> SelfEvaluation | None:
        """Return the form with the results, None when nothing was typed or an amount is wrong."""
        return self._found

    def _remove(self) -> None:
        self.model.remove_unit(self.table.currentIndex().column())

    def _judge(self) -> None:
        """Say what there is and what is lacking."""
        try:
            units, found = self.model.units(), self.model.result()
        except AmountError as error:
            self.trouble.setText(str(error))
            self._found = None
        else:
            self._found = found if units else None
            done, lacking = self.model.sums()
            words = f"{len(units)} 个单位，{done} 个指标有汇总结果"
            words += f"，{lacking} 个指标还缺预算数" if lacking else ""
            self.trouble.setText(words + "。没有填写的指标保持原来的实际完成值。")
        self.ok.setEnabled(self._found is not None)

    def _ask_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "从各单位文件取数", str(Path.home()), "决算公开报表 (*.juesuan)")
        self.take_files([Path(path) for path in paths])

    def take_files(self, paths: list[Path]) -> None:
        """Add a column for each file that holds a form of the same name."""
        from desktopapp import jobs
        from desktopapp.gui.window.problems import sentence_of

        said: list[str] = []
        for path in paths:
            try:
                report = jobs.open_report(path)
            except Exception as error:
                said.append(sentence_of(error))
                continue
            wanted = bare_words(self._form.head.name)
            own = [f for f in shelf.forms(report) if f.kind is self._form.kind]
            same = [f for f in own if bare_words(f.head.name) == wanted] or (own if len(own) == 1 else [])
            if not same:
                said.append(f"“{path.name}”里没有名为“{self._form.head.name}”的自评表，没有取数。")
                continue
            self.model.fill_unit(same[0], report.department or same[0].head.implementer or path.stem)
        if said:
            self.trouble.setText("\n".join(said))


class _Table(QTableView):
    """Keys as in a spreadsheet."""

    def __init__(self, model: CombineModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setAccessibleName("各单位的实际完成值")
        self.setWordWrap(True)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._measuring = QTimer(self)
        self._measuring.setSingleShot(True)
        self._measuring.setInterval(0)
        self._measuring.timeout.connect(self.resizeRowsToContents)
        header.sectionResized.connect(lambda *_: self._measuring.start())
        model.edited.connect(self._measuring.start)
        model.columnsInserted.connect(lambda *_: self._share())
        model.columnsRemoved.connect(lambda *_: self._share())
        self._share()

    def _share(self) -> None:
        """Give every column a width that suits it; the last takes what is left."""
        header, digit = self.horizontalHeader(), self.fontMetrics().horizontalAdvance("0")
        header.setStretchLastSection(True)
        units = self._model.units_shown
        widths = [30, 14, *[16] * units, 16]
        for at, digits in enumerate(widths):
            self.setColumnWidth(at, digits * digit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes down, also out of an entry, Tab right; Ctrl+C, Ctrl+V and Del work on blocks."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for index in self.selectionModel().selectedIndexes():
                if self._model.is_cell(index):
                    self._model.set_texts(index.row(), index.column(), [[""]])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Out of an entry the key comes here before the entry is closed, which moves on by itself.
            if self.state() != QAbstractItemView.State.EditingState:
                self._down()
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After an entry the cell below is next."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._down()

    def _down(self) -> None:
        here = self.currentIndex()
        if here.isValid() and here.row() + 1 < self._model.rowCount():
            self.setCurrentIndex(self._model.index(here.row() + 1, here.column()))

    def paste(self) -> None:
        """Put a block from Excel in at the current cell."""
        mime, here = QGuiApplication.clipboard().mimeData(), self.currentIndex()
        block = (from_html(mime.html()) if mime.hasHtml() else []) or from_tsv(mime.text())
        if here.isValid() and any(any(text.strip() for text in row) for row in block):
            self._model.set_texts(here.row(), max(here.column(), LEFT), block)

    def copy(self) -> None:
        """Put the selected block on the clipboard."""
        chosen = self.selectionModel().selection()
        if chosen.isEmpty():
            return
        first = chosen.first()
        rows = [
            [Copied(str(self._model.index(r, c).data() or "")) for c in range(first.left(), first.right() + 1)]
            for r in range(first.top(), first.bottom() + 1)
        ]
        QGuiApplication.clipboard().setText(to_tsv(rows))
