"""The export dialog: formats, folder and names, fonts, and what to look at before the report is published."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QColor, QDesktopServices, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.publish.checklist import Point, checklist
from desktopapp.gui.publish.writing import FORMATS, Written, write_all
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.dialogs import ask, safe_name
from desktopapp.gui.workers import Outcome, Task
from desktopapp.writers.fonts import FontUse

_FINDING = Qt.ItemDataRole.UserRole
_MOST_SHOWN = 200
_NAMES = {f.key: f.name for f in FORMATS}


class ExportAllDialog(QDialog):
    """Stays open beside the window, so that what the list names can be put right before exporting."""

    #: The Finding to show in the window.
    jump_wanted = Signal(object)
    #: What was written (a list of Written).
    exported = Signal(object)

    def __init__(
        self, document: Document, folder: Path, wanted: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        """``wanted`` are the formats ticked at first."""
        super().__init__(parent)
        self.setWindowTitle("导出")
        self._document = document
        self._task: Task | None = None
        self._fonts_task: Task | None = None
        self.boxes = {f.key: QCheckBox(f.name) for f in FORMATS}
        self.names = {f.key: QLineEdit() for f in FORMATS}
        self.folder = QLineEdit(str(folder))
        self.formulas = QCheckBox("合计写成公式(&F)")
        self.fonts = QLabel("正在查看字体……")
        self.points = QTreeWidget()
        self.agree = QCheckBox()
        self.results = QLabel()
        self.bar = QProgressBar()
        self.go, self.stop = QPushButton("导出(&E)"), QPushButton("取消(&C)")
        self.open_folder, self.shut = QPushButton("打开文件夹(&O)"), QPushButton("关闭(&X)")
        base = safe_name(
            f"{document.report.department or document.file.path.stem}{document.report.year}年度部门决算公开"
        )
        for made in FORMATS:
            self.boxes[made.key].setChecked(made.key in wanted)
            self.names[made.key].setText(base + made.suffix)
            self.names[made.key].setCursorPosition(0)
        self._arrange()
        self._connect()
        sized(self, 1060, 640)
        self._fill_points()
        self._look_at_fonts()

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self._formats_box())
        left.addWidget(self._fonts_box())
        left.addStretch(1)
        right = QVBoxLayout()
        box = QGroupBox("公开前检查（双击转到）")
        inside = QVBoxLayout(box)
        self.points.setHeaderHidden(True)
        self.points.setAccessibleName("公开前检查")
        self.points.setWordWrap(True)
        self.points.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        inside.addWidget(self.points, 1)
        inside.addWidget(self.agree)
        right.addWidget(box, 1)
        halves = QHBoxLayout()
        halves.addLayout(left, 5)
        halves.addLayout(right, 6)
        self.results.setWordWrap(True)
        self.results.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.results.hide()
        self.bar.setRange(0, 1000)
        self.bar.hide()
        self.stop.hide()
        self.open_folder.hide()
        below = QHBoxLayout()
        below.addWidget(self.bar, 1)
        below.addStretch(1)
        for button in (self.open_folder, self.stop, self.go, self.shut):
            button.setAutoDefault(False)
            below.addWidget(button)
        self.go.setDefault(True)
        column = QVBoxLayout(self)
        column.addLayout(halves, 1)
        column.addWidget(self.results)
        column.addLayout(below)

    def _formats_box(self) -> QGroupBox:
        box = QGroupBox("导出成")
        grid = QGridLayout(box)
        for row, made in enumerate(FORMATS):
            self.boxes[made.key].setToolTip(made.use)
            self.names[made.key].setAccessibleName(f"{made.name}的文件名")
            self.names[made.key].setToolTip(made.use)
            grid.addWidget(self.boxes[made.key], row, 0)
            grid.addWidget(self.names[made.key], row, 1)
        grid.addWidget(self.formulas, len(FORMATS), 1)
        self.formulas.setToolTip("Excel 工作簿里的合计随明细变化")
        grid.addWidget(QLabel("文件夹"), len(FORMATS) + 1, 0)
        row_box = QHBoxLayout()
        self.folder.setAccessibleName("导出到的文件夹")
        row_box.addWidget(self.folder, 1)
        self.choose = QPushButton("选择(&B)…")
        self.choose.setAutoDefault(False)
        row_box.addWidget(self.choose)
        grid.addLayout(row_box, len(FORMATS) + 1, 1)
        grid.setColumnStretch(1, 1)
        return box

    def _fonts_box(self) -> QGroupBox:
        box = QGroupBox("字体（PDF 内嵌；Word 用打开它的电脑上的字体）")
        inside = QVBoxLayout(box)
        self.fonts.setWordWrap(True)
        self.fonts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        inside.addWidget(self.fonts)
        return box

    def _connect(self) -> None:
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(100)
        self._later.timeout.connect(self._fill_points)
        self._document.findings_changed.connect(self._later.start)
        self.choose.clicked.connect(self._choose_folder)
        for box in (*self.boxes.values(), self.agree):
            box.toggled.connect(lambda _on: self._enable())
        self.points.itemActivated.connect(self._activated)
        self.go.clicked.connect(self.export)
        self.stop.clicked.connect(self._cancel)
        self.shut.clicked.connect(self.close)
        self.open_folder.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text().strip()))
        )

    # ── checklist ───────────────────────────────────────────────────────────────────────────────────────────────
    def _fill_points(self) -> None:
        points = checklist(self._document.report, self._document.findings.all())
        self.points.clear()
        for point in points:
            item = self._item(point)
            self.points.addTopLevelItem(item)
            item.setExpanded(point.severity in (Severity.ERROR, Severity.WARNING))
        errors = sum(len(p.findings) for p in points if p.blocking)
        self.agree.setText(f"我知道还有 {errors} 个错误，仍要导出(&G)")
        self.agree.setVisible(errors > 0)
        if not errors:
            self.agree.setChecked(False)
        self._enable()

    def _item(self, point: Point) -> QTreeWidgetItem:
        theme = theme_of(self.palette())
        if point.done:
            item = QTreeWidgetItem([f"✓ {point.title}：无"])
            item.setForeground(0, QColor(theme.good))
            return item
        severity = point.severity
        item = QTreeWidgetItem([f"{SIGNS[severity]} {point.title}（{len(point.findings)}）"])
        item.setForeground(0, QColor(theme.mark(severity).ink))
        for finding in point.findings[:_MOST_SHOWN]:
            below = QTreeWidgetItem([finding.message])
            below.setToolTip(0, finding.message + (f"\n说明：{finding.accepted}" if finding.accepted else ""))
            below.setData(0, _FINDING, finding)
            item.addChild(below)
        return item

    def _activated(self, item: QTreeWidgetItem, _column: int) -> None:
        finding = item.data(0, _FINDING)
        if isinstance(finding, Finding):
            self.jump_wanted.emit(finding)

    # ── fonts ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _look_at_fonts(self) -> None:
        chosen = dict(self._document.fonts)

        def look(_control: object) -> list[FontUse]:
            from desktopapp.writers.fonts import available_families, font_report

            return font_report(available_families(), chosen)

        self._fonts_task = Task(look, self)
        self._fonts_task.finished.connect(self._fonts_found)
        self._fonts_task.start()

    def _fonts_found(self, outcome: Outcome) -> None:
        if outcome.error is not None or outcome.value is None:
            self.fonts.setText("没有查到这台电脑的字体，将用排版工具自带的字体。")
            return
        lines = []
        for use in outcome.value:
            if use.substitute:
                used = f"用“{use.used}”代替" if use.used else "没有合适的字体，可能显示为空白"
                lines.append(f"◆ {use.role}：没有“{use.wanted}”，{used}")
            else:
                lines.append(f"✓ {use.role}：{use.used}")
        self.fonts.setText("\n".join(lines))

    # ── exporting ───────────────────────────────────────────────────────────────────────────────────────────────
    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "导出到文件夹", self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def targets(self) -> dict[str, Path]:
        """Return the files to be written by format."""
        folder = Path(self.folder.text().strip())
        found = {}
        for made in FORMATS:
            if self.boxes[made.key].isChecked():
                name = safe_name(Path(self.names[made.key].text().strip()).name) or f"报表{made.suffix}"
                longer = name if name.lower().endswith(made.suffix) else name + made.suffix
                found[made.key] = folder / longer
        return found

    def _enable(self) -> None:
        for key, box in self.boxes.items():
            self.names[key].setEnabled(box.isChecked())
        self.formulas.setEnabled(self.boxes["xlsx"].isChecked())
        may = not self.agree.isVisibleTo(self) or self.agree.isChecked()
        self.go.setEnabled(self._task is None and may and any(b.isChecked() for b in self.boxes.values()))
        self.go.setToolTip("" if may else "还有错误没有改正：改正后再导出，或勾选“仍要导出”。")

    def export(self) -> None:
        """Write the chosen files in the background; asks once before files are replaced."""
        targets = self.targets()
        there = [p.name for p in targets.values() if p.exists()]
        if there:
            listed = "\n".join(f"“{n}”" for n in there[:6])
            if not ask(self, "导出", f"文件夹里已经有同名文件，要替换它们吗？\n{listed}", "替换"):
                return
        report, formulas = self._document.report.copy(), self.formulas.isChecked()
        fonts = dict(self._document.fonts)
        self.results.hide()
        self.open_folder.hide()
        self.bar.setValue(0)
        self.bar.show()
        self.stop.show()
        self._task = Task(lambda control: write_all(report, targets, formulas, control, fonts), self)
        self._task.progressed.connect(self._progressed)
        self._task.finished.connect(self._finished)
        self._enable()
        self._task.start()

    def _progressed(self, fraction: float, text: str) -> None:
        self.bar.setValue(round(fraction * 1000))
        self.bar.setFormat(text)

    def _finished(self, outcome: Outcome) -> None:
        from desktopapp.gui.window.problems import sentence_of

        self._task = None
        self.bar.hide()
        self.stop.hide()
        if outcome.cancelled:
            self._say("已取消；已经写好的文件留在文件夹里。", failed=True)
        elif outcome.error is not None:
            self._say(f"没有导出：{sentence_of(outcome.error)}", failed=True)
        else:
            self._say_written(outcome.value)
        self._enable()

    def _say_written(self, written: list[Written]) -> None:
        done = [w for w in written if not w.problem]
        lines = [f"▲ {_NAMES[w.key]}没有写成：{w.problem}" for w in written if w.problem]
        if done:
            names = "、".join(_NAMES[w.key] for w in done)
            lines.insert(0, f"✓ 已写入“{done[0].path.parent}”：{names}。")
        self._say("\n".join(lines), failed=any(w.problem for w in written))
        self.open_folder.setVisible(any(not w.problem for w in written))
        self.exported.emit(written)

    def _say(self, text: str, failed: bool) -> None:
        theme = theme_of(self.palette())
        palette = self.results.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.error.ink if failed else theme.good))
        self.results.setPalette(palette)
        self.results.setText(text)
        self.results.show()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is under way."""
        self._cancel()
        super().closeEvent(event)
