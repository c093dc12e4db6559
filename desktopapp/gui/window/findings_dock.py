"""The docked list of findings: filters, counts, details, next and previous."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import format_number
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.naming import describe, form_name
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS
from desktopapp.gui.suspects.details import Details, details
from desktopapp.gui.suspects.listing import Listing, SuspectWording
from desktopapp.gui.suspects.menu import action_menu, finding_menu
from desktopapp.gui.window.accept_dialog import ACCEPT_LINK, accept_links, follow_link
from desktopapp.gui.window.findings_model import FindingsModel, Wording
from desktopapp.gui.window.findings_order import Order
from desktopapp.gui.window.findings_text import ReportWording, as_table, summary
from desktopapp.gui.window.findings_view import FindingsView

_ALL, _HERE = "all", "here"
#: Filters that stand for a kind of findings.
_TEXT, _INPUTS = "text", "input"
_Chosen = tuple[str, tuple[str, ...], tuple[bool, ...]]
_MOST_PLACES = 12
#: Where more findings came or went than this, as after pasting a whole form, the list is made anew.
_MOST_CHANGED = 1_000
#: Severities whose button is shown even when nothing of the kind was found.
_ALWAYS = (Severity.ERROR, Severity.WARNING, Severity.ROUNDING)
_DETAILS_HEIGHT = 150
#: A cause with its alternatives takes more.
_CAUSE_HEIGHT = 230


class FindingsDock(QDockWidget):
    """Shows the findings of the document; asks for jumps, never changes anything."""

    #: The Finding to show in its form.
    jump_wanted = Signal(object)
    #: A Cell to show.
    place_wanted = Signal(object)
    #: Something to say to the user.
    said = Signal(str)
    #: A Suspect whose suggestion is to be adopted.
    adopt_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("校验", parent)
        self.setObjectName("findingsDock")
        self._document: Document | None = None
        self._here = ""
        self._visited: tuple[str, int] = ("", -1)
        self._applied: _Chosen | None = None
        self.model = FindingsModel(self)
        self.view = FindingsView(self.model)
        self.listing = Listing(self.model)
        self._lead_details: Details | None = None
        self._forms = QComboBox()
        self._forms.setAccessibleName("按表筛选")
        self._forms.setToolTip("只看某一张表的问题")
        self._forms.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._text = QLineEdit()
        self._text.setAccessibleName("按文字筛选")
        self._text.setPlaceholderText("筛选：科目、栏次、金额…")
        self._text.setClearButtonEnabled(True)
        self._buttons = {s: self._severity_button(s) for s in Severity}
        self._details = QTextBrowser()
        self._details.setAccessibleName("问题详情")
        self._details.setOpenLinks(False)
        self._details.setTabChangesFocus(True)
        self._details.anchorClicked.connect(self._link_activated)
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(24)
        self._arrange()
        self._links: list[Cell] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.refresh)
        self._forms.currentIndexChanged.connect(self.refresh)
        self._text.textChanged.connect(self.refresh)
        self.view.jump_wanted.connect(self._jump)
        self.view.copy_wanted.connect(self.copy)
        self.view.action_wanted.connect(self._act)
        self.view.open_wanted.connect(self._open)
        self.view.menu_wanted.connect(self._show_menu)
        self.view.selectionModel().currentChanged.connect(self._show_details)
        self.visibilityChanged.connect(self._now_visible)

    def _severity_button(self, severity: Severity) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setChecked(True)
        button.setAutoRaise(True)
        button.setToolTip(f"显示或隐藏{severity.label}")
        button.toggled.connect(self.refresh)
        return button

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        severities = QHBoxLayout()
        severities.setSpacing(2)
        for button in self._buttons.values():
            severities.addWidget(button)
        severities.addStretch(1)
        filters = QHBoxLayout()
        filters.addWidget(self._forms, 2)
        filters.addWidget(self._text, 3)
        column.addLayout(severities)
        column.addLayout(filters)
        column.addWidget(self.view, 1)
        column.addWidget(self._empty, 1)
        column.addWidget(self._details)
        self.setWidget(body)
        self.setMinimumWidth(240)

    # ── document ────────────────────────────────────────────────────────────────────────────────────────────────
    def set_document(self, document: Document | None) -> None:
        """Show the findings of another document, or none."""
        if self._document is not None:
            self._document.findings_changed.disconnect(self._schedule)
            self._document.unit_changed.disconnect(self._reword)
            self._document.suspicions.changed.disconnect(self._schedule)
        self._document = document
        self.listing.set_document(document)
        self._visited = ("", -1)
        if document is not None:
            document.findings_changed.connect(self._schedule)
            document.unit_changed.connect(self._reword)
            document.suspicions.changed.connect(self._schedule)
        self._fill_forms()
        self._reword()
        self._applied = None
        self.refresh()

    def set_here(self, form_id: str) -> None:
        """Say which form is on show, for the filter “当前表”."""
        self._here = form_id
        if self._forms.currentData() == _HERE:
            self.refresh()

    def _fill_forms(self) -> None:
        self._forms.blockSignals(True)
        self._forms.clear()
        self._forms.addItem("全部表", _ALL)
        self._forms.addItem("当前表", _HERE)
        if self._document is not None:
            report = self._document.report
            for form in report.template.forms:
                self._forms.addItem(form_name(report, form.id), form.id)
            self._forms.addItem("文字部分", _TEXT)
            self._forms.addItem("补充数据", _INPUTS)
        self._forms.blockSignals(False)

    def _reword(self) -> None:
        document = self._document
        if self._text.text():
            # Other amounts may match the words of the filter.
            self._applied = None
        if document is None:
            self.model.set_wording(Wording())
        else:
            wording = ReportWording(document.report, document.engine.checker, document.unit, document.text.page_name)
            self.model.set_wording(SuspectWording(wording, self.listing, document))

    def _schedule(self) -> None:
        self._timer.start()

    def _now_visible(self, visible: bool) -> None:
        if visible:
            self.refresh()

    def refresh(self) -> None:
        """Bring the list up to date; cheap while the dock is hidden."""
        self._timer.stop()
        counts: Counter[Severity] = self._document.findings.counts() if self._document else Counter()
        words = summary(counts)
        self.setWindowTitle(f"校验  {words}" if words else "校验")
        for severity, button in self._buttons.items():
            button.setText(f"{SIGNS[severity]} {counts[severity]}")
            button.setVisible(severity in _ALWAYS or counts[severity] > 0 or not button.isChecked())
            button.setAccessibleName(f"{severity.label} {counts[severity]} 个")
        if self.isHidden():
            return
        self._fill()
        shown = not self.model.is_empty()
        self.view.setVisible(shown)
        self._empty.setVisible(not shown)
        if not shown:
            self._empty.setText(self._why_empty(counts))
        self._show_details()

    def _fill(self) -> None:
        """Bring the list up to date by what changed; all of it only when the filter or the report is another."""
        if self._document is None:
            self.listing.show((), Order())
        else:
            delta = self._document.findings.take_delta()
            chosen = self._chosen()
            many = len(delta.dropped) + len(delta.put) > _MOST_CHANGED
            if delta.everything or many or chosen != self._applied:
                self._applied = chosen
                self.listing.show(self._filtered(), Order(self._document.report))
            else:
                put = [f for f in delta.put.values() if self._matches(f, *chosen[:2])]
                self.listing.change(delta.dropped, put, Order(self._document.report) if delta.rows else None)

    def _chosen(self) -> _Chosen:
        """Return the filter: form, words, severities."""
        form = str(self._forms.currentData())
        form = self._here if form == _HERE else form
        return form, tuple(self._text.text().split()), tuple(b.isChecked() for b in self._buttons.values())

    def _filtered(self) -> list[Finding]:
        if self._document is None:
            return []
        form, words, _ = self._chosen()
        return [f for f in self._document.findings.all() if self._matches(f, form, words)]

    def _matches(self, finding: Finding, form: str, words: Sequence[str]) -> bool:
        if not self._buttons[finding.severity].isChecked():
            return False
        if form in (_TEXT, _INPUTS):
            if finding.kind != form:
                return False
        elif form not in (_ALL, finding.form) and all(c.form != form for c in finding.places):
            return False
        return all(w in finding.message or w in finding.rule for w in words)

    def _why_empty(self, counts: Counter[Severity]) -> str:
        if self._document is None:
            return "没有打开的报表。"
        if counts:
            return "没有符合筛选条件的问题。"
        return "✓ 没有发现问题。" if self._document.report.amounts else "录入金额后，这里立即列出不成立的关系。"

    # ── details ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _show_details(self, *_: QModelIndex) -> None:
        finding = self.model.finding(self.view.currentIndex())
        self._details.setVisible(finding is not None)
        if finding is None or self._document is None:
            return
        lead = self.listing.lead(finding.id)
        self._lead_details = None
        if lead is not None:
            self._lead_details = details(self._document.report, self._document.unit, lead, not self._document.read_only)
            self._details.setHtml(self._lead_details.markup)
            self._fit_details()
            return
        parts = [html.escape(finding.message)]
        if finding.suggestion:
            parts.append("建议：" + html.escape(finding.suggestion))
        self._links = list(finding.places[:_MOST_PLACES])
        report, unit = self._document.report, self._document.unit
        for at, cell in enumerate(self._links):
            amount = report.get(cell)
            value = "空" if amount is None else format_number(amount, unit)
            parts.append(f'<a href="#{at}">{html.escape(describe(report, cell))}</a>　{value}')
        if len(finding.places) > _MOST_PLACES:
            parts.append(f"……共 {len(finding.places)} 处")
        parts += accept_links(finding, self._document)
        self._details.setHtml("<br>".join(parts))
        self._fit_details()

    def _fit_details(self) -> None:
        """Give the details the height they need, up to a fifth of the screen height of a small laptop."""
        page = self._details.document()
        page.setTextWidth(self._details.viewport().width())
        most = _DETAILS_HEIGHT if self._lead_details is None else _CAUSE_HEIGHT
        self._details.setFixedHeight(min(round(page.size().height()) + 6, most))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the details anew."""
        super().resizeEvent(event)
        self._fit_details()

    def _link_activated(self, link: QUrl) -> None:
        if self._lead_details is not None:
            cell, suspect = self._lead_details.cell_of(link.toString()), self._lead_details.suspect_of(link.toString())
            if cell is not None:
                self.place_wanted.emit(cell)
            elif suspect is not None:
                self.adopt_wanted.emit(suspect)
            return
        finding = self.model.finding(self.view.currentIndex())
        if finding and self._document and follow_link(link.toString(), finding, self._document, self):
            return
        at = link.toString().removeprefix("#")
        if at.isdecimal() and int(at) < len(self._links):
            self.place_wanted.emit(self._links[int(at)])

    # ── causes ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _act(self, finding: Finding) -> None:
        """Adopt the suggestion of a lead, or let the user choose where there are several possibilities."""
        lead = self.listing.lead(finding.id)
        if lead is None or self._document is None or self._document.read_only:
            return
        if not lead.suspect.choice:
            self.adopt_wanted.emit(lead.suspect)
            return
        index = self.model.index_of(finding.id)
        at = self.view.viewport().mapToGlobal(self.view.visualRect(index).bottomLeft())
        action_menu(self, self._document, lead.cause, self.adopt_wanted.emit).popup(at)

    def adopt_current(self) -> bool:
        """Follow the link of the current finding; returns False when it has none."""
        finding = self.model.finding(self.view.currentIndex())
        if finding is None or self.listing.lead(finding.id) is None:
            return False
        self._act(finding)
        return True

    def _open(self, finding: Finding, on: bool) -> None:
        """Show or hide the relations of a lead; closed from one of them, the lead becomes current."""
        lead = self.listing.home(finding.id) or finding
        self.listing.open(lead, on)
        self.view.setCurrentIndex(self.model.index_of(lead.id))

    def _show_menu(self, at: QPoint) -> None:
        finding = self.model.finding(self.view.currentIndex())
        if finding is None or self._document is None:
            return
        lead = self.listing.lead(finding.id)
        menu = finding_menu(self, self._document, lead, self.adopt_wanted.emit)
        menu.addAction("查看").triggered.connect(lambda: self._jump(finding))
        menu.addAction("复制").triggered.connect(self.copy)
        if accept_links(finding, self._document) and not self._document.read_only:
            words = "修改说明…" if finding.accepted else "接受并说明…"
            menu.addAction(words).triggered.connect(lambda: self._link_activated(QUrl(ACCEPT_LINK)))
        if lead is not None and lead.several:
            words = "收起关系" if lead.opened else f"展开 {len(lead.members)} 条关系"
            menu.addAction(words).triggered.connect(lambda: self._open(finding, not lead.opened))
        menu.popup(at)

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _jump(self, finding: Finding) -> None:
        shown = self.model.findings()
        self._visited = (finding.id, next((i for i, f in enumerate(shown) if f.id == finding.id), -1))
        self.jump_wanted.emit(finding)

    def step(self, by: int) -> None:
        """Go to the next (+1) or previous (−1) finding, around the end."""
        self._fill()
        shown = self.model.findings()
        if not shown:
            self.said.emit("没有可以跳转的问题。")
            return
        name, place = self._visited
        at = next((i for i, f in enumerate(shown) if f.id == name), None)
        if at is not None:
            place = at + by
        elif by < 0 or place < 0:
            # The finding that was visited last is gone; the one now in its place is the next.
            place = place - 1 if by < 0 else 0
        finding = shown[place % len(shown)]
        self.view.show_finding(finding)
        self._jump(finding)

    def copy(self) -> None:
        """Put the selected findings (all when none is selected) on the clipboard as a table."""
        if self._document is None:
            return
        chosen = self.listing.spelled_out(self.view.selected() or self.model.findings())
        if not chosen:
            self.said.emit("没有可以复制的校验结果。")
            return
        QGuiApplication.clipboard().setText(as_table(self._document.report, chosen, self._document.text.page_name))
        self.said.emit(f"已复制 {len(chosen)} 条校验结果，可以粘贴到表格或文档中。")
