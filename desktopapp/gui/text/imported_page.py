"""The imported text as it was read, with the places that checks speak of; it cannot be changed here."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QPalette, QTextBlock, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from desktopapp import jobs
from desktopapp.core.commands import Batch, CommandError
from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS, sheet_font, theme_of, title_font
from desktopapp.gui.workers import Outcome, Task
from desktopapp.narrative.narrative import own_text, write_section
from desktopapp.narrative.reading.passages import Passage
from desktopapp.store.errors import StoreError


class ImportedPage(QWidget):
    """One paragraph for each passage; those with findings are tinted and say what is wrong below them."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._title = QLabel("导入的文字")
        self._title.setFont(title_font(0.9))
        self._note = QLabel("从来源文件读入的文字，只供核对，不能在这里修改；有问题的段落标出了颜色。")
        self._note.setWordWrap(True)
        self.adopt = QPushButton("用作各节文字(&S)")
        self.adopt.setToolTip("把导入文字的各节作为本报告的文字；能对应上报表的数字随报表变化，已有自己文字的节不动")
        self.adopt.setEnabled(not document.read_only)
        self.adopt.clicked.connect(self._adopt)
        self._task: Task | None = None
        self.view = QTextBrowser()
        self.view.setOpenLinks(False)
        self.view.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.view.setAccessibleName("导入的文字")
        self.view.setFont(sheet_font(1.1))
        self.view.document().setDocumentMargin(28)
        self.view.anchorClicked.connect(lambda _url: None)
        self._shown: tuple[object, ...] = ()
        self._blocks: dict[str, int] = {}
        self.setAutoFillBackground(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 14)
        column.setSpacing(8)
        column.addWidget(self._title)
        bar = QHBoxLayout()
        bar.addWidget(self._note, 1)
        bar.addWidget(self.adopt)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        document.findings_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the text with what the checks say of it now."""
        passages = self._document.text.imported_passages()
        found: dict[str, list[Finding]] = {}
        for finding in self._document.findings.foreign("source"):
            found.setdefault(_line_of(finding.where), []).append(finding)
        state = (id(theme_of(self.palette())), len(passages), tuple((k, tuple(v)) for k, v in found.items()))
        if state == self._shown:
            return
        self._shown = state
        scrolled = self.view.verticalScrollBar().value()
        self.view.setHtml("".join(self._html(p, found.get(p.where, [])) for p in passages))
        self.view.verticalScrollBar().setValue(scrolled)
        theme = theme_of(self.palette())
        palette = self._note.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.faint))
        self._note.setPalette(palette)

    def _html(self, passage: Passage, findings: list[Finding]) -> str:
        theme = theme_of(self.palette())
        text = escape(passage.text)
        if passage.is_heading:
            return f'<p><a name="{escape(passage.where)}"></a><b>{text}</b></p>'
        worst = min((f.severity for f in findings), default=None)
        style, below = "", ""
        if worst is not None:
            mark = theme.mark(worst)
            style = f"background-color:{mark.fill}"
            text = _quoted(text, findings, mark.ink)
            below = "".join(f"<br><small>{_said(f, theme.mark(f.severity).ink)}</small>" for f in findings)
        shown = f'<span style="{style}">{text}</span>' if style else text
        return f'<p style="line-height:150%"><a name="{escape(passage.where)}"></a>{shown}{below}</p>'

    # ── its words for the sections ──────────────────────────────────────────────────────────────────────────────
    def _adopt(self) -> None:
        report = self._document.report.copy()
        self.adopt.setEnabled(False)
        self._task = Task(lambda _control: jobs.bound_text(report), self)
        self._task.finished.connect(self._bound)
        self._task.start()

    def _bound(self, outcome: Outcome) -> None:
        self.adopt.setEnabled(True)
        if outcome.error is not None:
            raise outcome.error
        report, outline = self._document.report, self._document.text.outline
        found = {s: b for s, b in outcome.value.items() if b.text and outline.section(s) and not own_text(report, s)}
        if not found:
            self.said.emit("没有可以采用的文字：导入的文字里没有对应的章节，或各节已有自己的文字。", False)
            return
        label = f"采用导入的文字（{len(found)} 节）"
        commands = tuple(write_section(s, b.text) for s, b in found.items())
        try:
            self._document.apply(Batch(label, commands), label)
        except (CommandError, StoreError) as error:
            self.said.emit(str(error), True)
            return
        bound, left = (sum(n) for n in zip(*((b.bound, b.unbound) for b in found.values()), strict=True))
        self.said.emit(
            f"已采用 {len(found)} 节文字：{bound} 个数字随报表变化，{left} 个没有对应的数据，已标出。", False
        )

    # ── for the window ──────────────────────────────────────────────────────────────────────────────────────────
    def leave_entry(self) -> bool:
        """Return True: nothing is typed here."""
        return True

    def is_typing(self) -> bool:
        """Return False: nothing is typed here."""
        return False

    def show_place(self, address: str) -> None:
        """Show a passage by its place in the source, as a finding names it."""
        place = _line_of(address)
        self.view.scrollToAnchor(place)
        block: QTextBlock = self.view.document().begin()
        number = next((i for i, p in enumerate(self._document.text.imported_passages()) if p.where == place), None)
        if number is not None:
            block = self.view.document().findBlockByNumber(number)
            self.view.setTextCursor(QTextCursor(block))
            self.view.ensureCursorVisible()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_blocks"):
            self.refresh()


def _line_of(where: str) -> str:
    """Return the place in the source without the heading that findings add to it."""
    return where.partition("（")[0]


def _quoted(text: str, findings: list[Finding], ink: str) -> str:
    for quote in {escape(f.quote) for f in findings if f.quote}:
        text = text.replace(quote, f'<b style="color:{ink}">{quote}</b>', 1)
    return text


def _said(finding: Finding, ink: str) -> str:
    words = finding.message + (f"（已说明：{finding.accepted}）" if finding.accepted else "")
    if finding.suggestion and finding.severity is not Severity.ACCEPTED:
        words += f"建议：{finding.suggestion}"
    return f'<span style="color:{ink}">{SIGNS[finding.severity]} {escape(words)}</span>'
