"""The status bar: saved since when, balance, totals, unit, zoom; and the cell texts of the form on show."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from desktopapp.core.amount import Unit, format_number
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of

#: Form and rows whose first amounts are the totals of the whole report; the keys mean the same in every template.
_TOTALS = ("01", "grand_income", "grand_expense")


def totals(report: Report) -> tuple[int | None, int | None] | None:
    """Return total income and expense in 分 (None: empty), or None where the template has no such lines."""
    form_id, income, expense = _TOTALS
    if not report.template.has_form(form_id):
        return None
    form = report.template.form(form_id)
    cells = []
    for row in (income, expense):
        columns = form.columns_of(row)
        if not columns:
            return None
        cells.append(Cell(form_id, row, columns[0].key))
    return report.get(cells[0]), report.get(cells[1])


class StatusBar(QStatusBar):
    """Permanent fields at the right, passing messages at the left."""

    unit_clicked = Signal()
    zoom_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._document: Document | None = None
        self._fields: dict[str, QLabel] = {}
        for name, described in (
            ("sum", "选中金额的合计"),
            ("read_only", "只读"),
            ("plan", "舍入方案"),
            ("saved", "保存状态"),
            ("balance", "收支平衡"),
            ("totals", "收入和支出总计"),
        ):
            label = QLabel()
            label.setAccessibleName(described)
            label.setContentsMargins(8, 0, 8, 0)
            self._fields[name] = label
            self.addPermanentWidget(label)
        self._fields["sum"].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._unit = self._button("切换元和万元（Ctrl+U）", self.unit_clicked)
        self._zoom = self._button("恢复到 100%（Ctrl+0）", self.zoom_clicked)
        self.set_zoom(1.0)
        self.set_document(None)

    def _button(self, tip: str, signal: object) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: signal.emit())  # type: ignore[attr-defined]
        self.addPermanentWidget(button)
        return button

    def set_document(self, document: Document | None) -> None:
        """Show the state of another document, or none."""
        self._document = document
        shown = document is not None
        for widget in (*self._fields.values(), self._unit, self._zoom):
            widget.setVisible(shown)
        self.set_sum("")
        self.refresh()

    def set_sum(self, words: str) -> None:
        """Show what the selected amounts come to."""
        self._fields["sum"].setText(words)
        self._fields["sum"].setVisible(bool(words))

    def refresh(self) -> None:
        """Show the present state."""
        document = self._document
        if document is None:
            return
        self._fields["read_only"].setVisible(document.read_only)
        self._fields["read_only"].setText("● 只读")
        self._fields["read_only"].setToolTip(document.file.notice)
        self._colour("read_only", "warning")
        self._show_plan(document)
        self._show_saved(document)
        self._show_totals(document.report, document.unit)
        self._unit.setText(f"单位：{document.unit.value}")

    def _show_plan(self, document: Document) -> None:
        label = self._fields["plan"]
        note = document.rounding.note() if document.rounding.exact() else ""
        label.setVisible(bool(note) or document.published is not None)
        label.setText("◆ 舍入方案已过时" if note else "公布数（只能查看）")
        label.setToolTip(note or "现在显示的是公布数；再按一次 Ctrl+Shift+U 恢复准确数。")
        self._colour("plan", "warning")

    def _show_saved(self, document: Document) -> None:
        label = self._fields["saved"]
        label.setVisible(not document.read_only)
        when = document.file.saved_at.astimezone()
        today = when.date() == datetime.now().date()
        label.setText(f"已保存 {when:%H:%M}" if today else f"已保存 {when:%m月%d日 %H:%M}")
        label.setToolTip("每次修改都立即写入文件，不需要另外保存。")

    def _show_totals(self, report: Report, unit: Unit) -> None:
        found = totals(report)
        balance, both = self._fields["balance"], self._fields["totals"]
        filled = found is not None and any(a is not None for a in found)
        balance.setVisible(filled)
        both.setVisible(filled)
        if found is None or not filled:
            return
        income, expense = (a or 0 for a in found)
        if income == expense:
            balance.setText("收支平衡 ✓")
            self._colour("balance", "good")
        else:
            balance.setText(f"收支不平 ▲ 差 {format_number(income - expense, unit)}")
            self._colour("balance", "error")
        both.setText(f"收入 {format_number(income, unit)}　支出 {format_number(expense, unit)}")

    def _colour(self, name: str, meaning: str) -> None:
        theme = theme_of(QGuiApplication.palette())
        ink = {"good": theme.good, "error": theme.error.ink, "warning": theme.warning.ink}[meaning]
        palette = self._fields[name].palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
        self._fields[name].setPalette(palette)

    def set_zoom(self, factor: float) -> None:
        """Show the zoom of the form."""
        self._zoom.setText(f"{round(factor * 100)}%")
