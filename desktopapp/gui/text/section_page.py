"""The page of one section: its text with live numbers, the office's own wording, what is missing, classified or not."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QPalette, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopapp.core.commands import Command, CommandError, SetField
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of, title_font
from desktopapp.gui.text.card import FactCard
from desktopapp.gui.text.editor import SectionEdit
from desktopapp.gui.text.lines import Line, Run, is_place, lines_of, runs_of, signature, stored_text
from desktopapp.gui.text.live_text import plain_title
from desktopapp.gui.text.words import Target, card, old_card, old_tip, old_words, sources, tip
from desktopapp.narrative.bindings import is_words
from desktopapp.narrative.blocks import Piece
from desktopapp.narrative.marks import holder, settled
from desktopapp.narrative.narrative import (
    SECRET_FIELD,
    is_secret,
    missing_spans,
    restore_section,
    unbound_spans,
    write_section,
)
from desktopapp.narrative.rendering import TextTemplateError
from desktopapp.store.errors import StoreError

#: What was typed is written into the report when nothing has been typed for this long.
_PAUSE_MS = 700
_MOST_MISSING = 6


class SectionPage(QWidget):
    """Shows a section when it is visible; every pause in typing becomes one step that can be undone."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)
    #: A Cell, or (page, place on it), to show.
    place_wanted = Signal(object)
    #: The browser of facts is wanted for this page.
    facts_wanted = Signal(object)

    def __init__(self, document: Document, section: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self.section = document, section
        self._text = document.text
        spec = self._text.outline.section(section)
        self.title = plain_title(spec.title) if spec is not None else section
        self._stale, self._dirty = True, False
        self._binding: Run | None = None
        self._places: list[Target] = []
        self._missing_places: list[Target] = []
        self.editor = SectionEdit(self._tip, self._stored_runs, self)
        self.editor.setAccessibleName(self.title)
        self._card = FactCard(self.editor.viewport())
        self._title, self._state, self._missing = QLabel(self.title), QLabel(), QLabel()
        self.secret = QCheckBox("涉密，不予公开(&S)")
        self.secret.setToolTip("本节不公开内容，报告中只写一句“涉密，依法不予公开”。")
        self.restore = QPushButton("恢复模板文字(&M)")
        self.restore.setToolTip("放弃本节自己的文字，改用模板按数据生成的文字")
        self.insert = QPushButton("插入数据(&D)…")
        self.insert.setToolTip("从全部数据中选一个插到光标处，以后随报表变化")
        self.heading = QPushButton("小标题(&T)")
        self.heading.setCheckable(True)
        self.heading.setToolTip("把光标所在的段落作为小标题")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._arrange()
        self._connect()
        self.setFocusProxy(self.editor)

    def _arrange(self) -> None:
        self.setAutoFillBackground(True)
        self._title.setFont(title_font(0.9))
        self._state.setWordWrap(True)
        self._missing.setWordWrap(True)
        self._missing.setTextFormat(Qt.TextFormat.RichText)
        bar = QHBoxLayout()
        bar.addWidget(self._state, 1)
        for widget in (self.secret, self.heading, self.insert, self.restore):
            bar.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 14)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addLayout(bar)
        column.addWidget(self.editor, 1)
        column.addWidget(self._missing)

    def _connect(self) -> None:
        self._text.sections_changed.connect(self._sections_changed)
        self._timer.timeout.connect(self._pause)
        self.editor.edited.connect(self._edited)
        self.editor.left.connect(self._pause)
        self.editor.chip_clicked.connect(self._clicked)
        self.editor.chip_followed.connect(self._follow)
        self.editor.cursorPositionChanged.connect(self._cursor_moved)
        self.editor.verticalScrollBar().valueChanged.connect(self._card.hide)
        self._card.chosen.connect(self._chosen)
        self._missing.linkActivated.connect(self._go_missing)
        self.restore.clicked.connect(self._restore)
        self.insert.clicked.connect(self._insert_wanted)
        self.heading.clicked.connect(self._heading_clicked)
        self.secret.clicked.connect(self._secret_clicked)

    # ── following the report ────────────────────────────────────────────────────────────────────────────────────
    def _sections_changed(self, sections: set[str]) -> None:
        if self.section in sections:
            self._stale = True
            if self.isVisible():
                self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the section up to date when it comes into view."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the section as it is now."""
        if not self._stale:
            return
        self._stale = False
        try:
            pieces = self._text.narrative.pieces(self.section)
        except TextTemplateError as error:
            self.said.emit(str(error), True)
            return
        secret = is_secret(self._document.report, self.section)
        self.editor.setReadOnly(secret or self._document.read_only)
        fresh = lines_of(pieces, self._text.outline)
        if signature(fresh) != signature(self.editor.lines()):
            self.editor.show_lines(fresh)
            self._card.hide()
        self._dirty = False
        self._show_state(secret)
        self._show_missing(() if secret else pieces)

    def _show_state(self, secret: bool) -> None:
        own, writable = self._text.narrative.is_own(self.section), not self._document.read_only
        words = "本单位自己的文字，蓝底的数字和词随报表更新" if own else "模板文字，随报表自动更新；可以直接修改"
        self._state.setText("涉密，报告中只写下面一句" if secret else words)
        self.secret.setChecked(secret)
        self.secret.setEnabled(writable)
        self.restore.setEnabled(own and writable and not secret)
        self.insert.setEnabled(writable and not secret)
        self.heading.setEnabled(writable and not secret)
        theme = theme_of(self.palette())
        palette = self._state.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.faint))
        self._state.setPalette(palette)

    def _show_missing(self, pieces: Sequence[Piece]) -> None:
        """List what still has to be filled in, each with a link to where it is typed."""
        self._missing_places = []
        links: dict[str, str] = {}
        for _, span in missing_spans(pieces):
            fact = self._text.fact(span.fact) if span.fact else None
            places = list(sources(self._text, self._document.report, fact)) if fact is not None else []
            typed = [t for _, t in places if not isinstance(t, Cell)]
            target = typed[-1] if typed else places[0][1] if places else None
            words = fact.label if fact is not None else span.text.strip("【】").removeprefix("请填写：")
            if words not in links and target is not None:
                links[words] = f'<a href="#{len(self._missing_places)}">{escape(words)}</a>'
                self._missing_places.append(target)
        shown = list(links.values())[:_MOST_MISSING]
        more = f"&ensp;……共 {len(links)} 项" if len(links) > len(shown) else ""
        lines = [f"◆ 还需填写：{'&ensp;·&ensp;'.join(shown)}{more}"] if shown else []
        old = [is_words(span.text) for _, span in unbound_spans(pieces)]
        lines += [old_words(old.count(False), old.count(True))] if old else []
        self._missing.setText("<br>".join(lines))
        self._missing.setVisible(bool(lines))

    def _go_missing(self, link: str) -> None:
        which = QUrl(link).fragment()
        if which == "next":
            self.editor.show_next("unbound")
        elif which == "settle":
            self.commit()
            self._stale = True
            text = settled(self._text.narrative.editable(self.section))
            self._carry_out(write_section(self.section, text), f"核对“{self.title}”的上年文字")
            self.refresh()
        else:
            self.place_wanted.emit(self._missing_places[int(which)])

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _edited(self) -> None:
        self._dirty = True
        self._card.hide()
        self._timer.start()

    def _pause(self) -> None:
        """Write down what was typed, but leave an empty page alone until the user goes elsewhere."""
        if self._dirty and stored_text(self.editor.lines()):
            self.commit()

    def commit(self) -> bool:
        """Write what was typed into the report; False when that failed."""
        self._timer.stop()
        command = self.pending()
        self._dirty = False
        if command is None:
            return True
        back = command.value is None
        return self._carry_out(command, f"“{self.title}”恢复模板文字" if back else f"修改文字“{self.title}”")

    def pending(self) -> SetField | None:
        """Return the step that would write down what was typed, None when there is nothing to write."""
        if not self._dirty:
            return None
        written, narrative = stored_text(self.editor.lines()), self._text.narrative
        if written == narrative.editable(self.section):
            return None
        if not written or written == narrative.generated(self.section):
            return restore_section(self.section)
        return write_section(self.section, written)

    def give_up(self) -> None:
        """Let go of what was typed."""
        self._timer.stop()
        self._dirty = False

    def _carry_out(self, command: Command, label: str) -> bool:
        try:
            self._document.apply(command, label)
        except (CommandError, StoreError) as error:
            self._dirty = True
            self.said.emit(str(error), True)
            return False
        return True

    def _restore(self) -> None:
        self._timer.stop()
        self._dirty = False
        self._stale = True
        self._carry_out(restore_section(self.section), f"“{self.title}”恢复模板文字")
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _secret_clicked(self, on: bool) -> None:
        self.commit()
        stored = self._document.report.fields.get(SECRET_FIELD)
        kept = [s for s in stored if s != self.section] if isinstance(stored, list) else []
        listed = [*kept, self.section] if on else kept
        self._stale = True
        self._carry_out(SetField(SECRET_FIELD, listed or None), f"“{self.title}”{'不予公开' if on else '恢复公开'}")
        self.refresh()

    def _heading_clicked(self, on: bool) -> None:
        self.editor.set_prefix("# " if on else "")
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cursor_moved(self) -> None:
        self.heading.setChecked(self.editor.prefix().startswith("#"))

    # ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _stored_runs(self, line: str) -> list[Run]:
        if is_place(line):
            return [Run(line, line)]
        return runs_of(self._text.narrative.preview(line))

    def _insert_wanted(self) -> None:
        self._binding = None
        self.facts_wanted.emit(self)

    def insert_fact(self, fact_id: str) -> None:
        """Put a fact at the cursor, or in place of the number that is to be bound."""
        run = next(iter(runs_of(self._text.narrative.preview(holder(fact_id)))), None)
        if run is None or self.editor.isReadOnly():
            return
        if self._binding is None or not self.editor.replace_chip(self._binding, run):
            self.editor.insert_run(run)
        self._binding = None
        self._edited()
        self.commit()

    def _tip(self, run: Run) -> str:
        if run.state == "unbound":
            return old_tip(run)
        fact = self._text.fact(run.fact) if run.fact else None
        return tip(self._text, self._document.report, fact) if fact is not None else ""

    def _clicked(self, run: Run | None, point: QPoint) -> None:
        self._card.hide()
        if run is None:
            return
        if run.state == "unbound":
            self._places, self._binding = [], run
            self._card.show_at(old_card(run), point)
            return
        fact = self._text.fact(run.fact) if run.fact else None
        if fact is not None:
            html, self._places = card(self._text, self._document.report, fact)
            self._card.show_at(html, point)

    def _chosen(self, which: str) -> None:
        self._card.hide()
        if which == "bind":
            self.facts_wanted.emit(self)
        elif which == "keep" and self._binding is not None:
            self.editor.replace_chip(self._binding, Run(self._binding.text))
            self._edited()
            self.commit()
        elif which == "rewrite" and self._binding is not None:
            # Typing takes the place of what is selected.
            self.editor.open_chip(self._binding)
            self._edited()
        elif which.isdecimal() and int(which) < len(self._places):
            self.place_wanted.emit(self._places[int(which)])

    def _follow(self, run: Run) -> None:
        fact = self._text.fact(run.fact) if run.fact else None
        places = list(sources(self._text, self._document.report, fact)) if fact is not None else []
        if places:
            self.place_wanted.emit(places[0][1])

    # ── for the window ──────────────────────────────────────────────────────────────────────────────────────────
    def leave_entry(self) -> bool:
        """Write down what was typed."""
        return self.commit()

    def is_typing(self) -> bool:
        """Tell whether something typed has not been written down yet."""
        return self._dirty

    def show_place(self, address: str) -> None:
        """Show a paragraph: section#number."""
        self.refresh()
        number = address.partition("#")[2]
        if number.isdecimal():
            self.editor.show_paragraph(int(number))

    def lines(self) -> list[Line]:
        """Return the lines on show."""
        return self.editor.lines()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_timer"):
            self.editor.recolour()
            self._show_state(is_secret(self._document.report, self.section))
