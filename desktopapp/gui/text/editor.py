"""The editor of a section: free text with chips for what follows the numbers; a chip is deleted whole, never edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from desktopapp.gui.palette import Theme, sheet_font, theme_of
from desktopapp.gui.sizes import writing
from desktopapp.gui.text.chips import FACT, HOLDER, PREFIX, SERIAL, STATE, first_chip, fragments
from desktopapp.gui.text.lines import Line, Run
from desktopapp.narrative.bindings import is_words
from desktopapp.narrative.marks import CLOSE, OPEN

_MIME = "application/x-juesuan-text"
_KEY = Qt.Key
#: With these held, a key is a command, not text.
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_SIZE = 1.15
_LINE_HEIGHT = 165.0


class SectionEdit(QTextEdit):
    """Shows lines; tells when the user changed them. Undo is the document's, not the editor's."""

    #: The user changed the text.
    edited = Signal()
    #: A chip was clicked: its Run and the point under it (in viewport coordinates), None when none was.
    chip_clicked = Signal(object, QPoint)
    #: A chip was clicked with Ctrl held: go to its source.
    chip_followed = Signal(object)
    #: The keyboard went elsewhere.
    left = Signal()

    def __init__(
        self,
        tip: Callable[[Run], str],
        runs_of: Callable[[str], Sequence[Run]],
        parent: QWidget | None = None,
    ) -> None:
        """``tip`` gives the tooltip of a chip, ``runs_of`` the runs of a stored line that is pasted."""
        super().__init__(parent)
        self._tip, self._runs_of = tip, runs_of
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("文字")
        self._serials = count(1)
        self._filling = False
        self._pressed: QPoint | None = None
        self._size = _SIZE * writing()
        self.setFont(sheet_font(self._size))
        self.document().setDocumentMargin(28)
        self.document().contentsChange.connect(self._contents_changed)
        self.cursorPositionChanged.connect(self._keep_plain)

    # ── contents ────────────────────────────────────────────────────────────────────────────────────────────────
    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; the cursor stays where it was as nearly as possible, and so does the scrolling."""
        at, scrolled = self.textCursor().position(), self.verticalScrollBar().value()
        self._filling = True
        try:
            self.clear()
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            for number, line in enumerate(lines):
                block = self._block_format(line.prefix)
                if number:
                    cursor.insertBlock(block, self._plain_format(line.prefix))
                else:
                    cursor.setBlockFormat(block)
                    cursor.setBlockCharFormat(self._plain_format(line.prefix))
                for run in line.runs:
                    cursor.insertText(run.text.replace("\n", "\u2028"), self._run_format(run, line.prefix))
            cursor.endEditBlock()
        finally:
            self._filling = False
        cursor = self.textCursor()
        cursor.setPosition(min(at, max(0, self.document().characterCount() - 1)))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scrolled)

    def lines(self) -> list[Line]:
        """Return the lines as they stand in the editor."""
        found = []
        block = self.document().begin()
        while block.isValid():
            found.append(Line(str(block.blockFormat().property(PREFIX) or ""), tuple(self._runs(block))))
            block = block.next()
        return found

    def _runs(self, block: QTextBlock) -> list[Run]:
        runs: list[Run] = []
        last = None
        for piece in fragments(block):
            form = piece.charFormat()
            serial, holder = form.property(SERIAL), form.property(HOLDER)
            text = piece.text().replace("\u2028", "\n")
            if not holder:
                # Nobody types the brackets of placeholders; pasted ones would be read as such.
                plain = text.replace("\n", " ").replace(OPEN, "[").replace(CLOSE, "]")
                if runs and not runs[-1].holder:
                    runs[-1] = Run(runs[-1].text + plain)
                else:
                    runs.append(Run(plain))
            elif serial == last:
                old = runs[-1]
                runs[-1] = Run(old.text + text, old.holder, old.fact, old.state)
            else:
                runs.append(Run(text, str(holder), str(form.property(FACT) or ""), form.property(STATE)))
            last = serial if holder else None
        return runs

    # ── looks ───────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def _theme(self) -> Theme:
        return theme_of(self.palette())

    def _block_format(self, prefix: str) -> QTextBlockFormat:
        made = QTextBlockFormat()
        made.setProperty(PREFIX, prefix)
        made.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        made.setBottomMargin(4)
        if not prefix:
            made.setTextIndent(self.fontMetrics().horizontalAdvance("　") * 2)
        elif prefix.startswith("#"):
            made.setTopMargin(8)
        return made

    def _plain_format(self, prefix: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFont(
            sheet_font(0.95 * writing() if prefix.startswith("@") else self._size, bold=prefix.startswith("#"))
        )
        made.setForeground(QColor(self._theme.ink))
        return made

    def _run_format(self, run: Run, prefix: str) -> QTextCharFormat:
        made, theme = self._plain_format(prefix), self._theme
        if run.holder:
            made.setProperty(HOLDER, run.holder)
            made.setProperty(FACT, run.fact)
            made.setProperty(STATE, run.state)
            made.setProperty(SERIAL, next(self._serials))
        if run.holder.startswith("@"):
            made.setForeground(QColor(theme.faint))
        elif run.state == "live":
            made.setBackground(QColor("#dbe9f8" if not theme.dark else "#24384d"))
        elif run.state == "missing":
            made.setBackground(QColor(theme.warning.fill))
            made.setForeground(QColor(theme.warning.ink))
        elif run.state == "unbound":
            # An old number is wrong as long as nobody has looked at it; an old reason may well be right.
            look = theme.warning if is_words(run.text) else theme.error
            made.setBackground(QColor(look.fill))
            made.setForeground(QColor(look.ink))
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        return made

    def recolour(self) -> None:
        """Take the colours of another theme."""
        self.show_lines(self.lines())

    def _keep_plain(self) -> None:
        """Typing beside a chip never becomes part of it."""
        block = self.textCursor().blockFormat()
        # With a selection, Qt would give the format to what is selected: its chips would be none any more.
        if self.textCursor().hasSelection():
            return
        if self.currentCharFormat().property(HOLDER) or self.currentCharFormat().background().color().alpha():
            self.setCurrentCharFormat(self._plain_format(str(block.property(PREFIX) or "")))

    # ── chips ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _chip_at(self, position: int) -> tuple[int, int, QTextCharFormat] | None:
        """Return (start, end, format) of the chip that holds the character behind a position."""
        block = self.document().findBlock(position)
        found: tuple[int, int, QTextCharFormat] | None = None
        for piece in fragments(block):
            form = piece.charFormat()
            if not form.property(HOLDER):
                continue
            start, end = piece.position(), piece.position() + piece.length()
            if found is not None and found[1] == start and found[2].property(SERIAL) == form.property(SERIAL):
                found = (found[0], end, form)
            else:
                if found is not None and found[0] <= position < found[1]:
                    return found
                found = (start, end, form)
        return found if found is not None and found[0] <= position < found[1] else None

    def _inside(self, position: int) -> tuple[int, int, QTextCharFormat] | None:
        """Return the chip within which a position lies, not one at whose edge it lies."""
        chip = self._chip_at(position)
        return chip if chip is not None and chip[0] < position else None

    def _whole_chips(self) -> None:
        """Widen the selection to whole chips; move the cursor out of a chip."""
        cursor = self.textCursor()
        anchor, at = cursor.anchor(), cursor.position()
        if anchor == at:
            chip = self._inside(at)
            if chip is not None:
                cursor.setPosition(chip[1])
                self.setTextCursor(cursor)
            return
        low, high = min(anchor, at), max(anchor, at)
        first, last = self._inside(low), self._inside(high)
        low, high = first[0] if first else low, last[1] if last else high
        if (low, high) != (min(anchor, at), max(anchor, at)):
            cursor.setPosition(low if anchor < at else high)
            cursor.setPosition(high if anchor < at else low, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    def run_at(self, point: QPoint) -> Run | None:
        """Return the chip or gap under a point of the viewport."""
        cursor = self.cursorForPosition(point)
        for position in (cursor.position(), cursor.position() - 1):
            chip = self._chip_at(position) if position >= 0 else None
            if chip is not None and self._box(chip[0], chip[1], point):
                form = chip[2]
                cursor.setPosition(chip[0])
                cursor.setPosition(chip[1], QTextCursor.MoveMode.KeepAnchor)
                text = cursor.selectedText().replace("\u2028", "\n")
                return Run(text, str(form.property(HOLDER)), str(form.property(FACT) or ""), form.property(STATE))
        return None

    def _box(self, start: int, end: int, point: QPoint) -> bool:
        """Tell whether a point lies on the lines from one position to another, not merely nearest to them."""
        first, last = QTextCursor(self.document()), QTextCursor(self.document())
        first.setPosition(start)
        last.setPosition(end)
        top, bottom = self.cursorRect(first), self.cursorRect(last)
        if top.top() == bottom.top():
            return top.left() <= point.x() <= bottom.right() and top.top() <= point.y() <= bottom.bottom()
        return top.top() <= point.y() <= bottom.bottom()

    def insert_run(self, run: Run) -> None:
        """Put a chip (or plain text) in place of the selection."""
        self._whole_chips()
        cursor = self.textCursor()
        prefix = str(cursor.blockFormat().property(PREFIX) or "")
        cursor.insertText(run.text, self._run_format(run, prefix))
        self.setTextCursor(cursor)
        self._keep_plain()

    def replace_chip(self, run: Run, other: Run) -> bool:
        """Put something in place of the first chip with a holder."""
        cursor = first_chip(self.document(), HOLDER, run.holder)
        if cursor is None:
            return False
        prefix = str(cursor.blockFormat().property(PREFIX) or "")
        cursor.insertText(other.text, self._run_format(other, prefix))
        return True

    def open_chip(self, run: Run) -> None:
        """Turn the first chip with a holder into plain text and select it, ready to be typed over."""
        cursor = first_chip(self.document(), HOLDER, run.holder)
        if cursor is not None:
            start = cursor.selectionStart()
            cursor.insertText(run.text, self._plain_format(str(cursor.blockFormat().property(PREFIX) or "")))
            cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
            self._select(cursor)

    def show_next(self, state: str) -> None:
        """Select the next chip of a state behind the cursor, the first one after the last."""
        at = self.textCursor().selectionEnd() if self.textCursor().hasSelection() else self.textCursor().position() - 1
        cursor = first_chip(self.document(), STATE, state, at + 1) or first_chip(self.document(), STATE, state)
        if cursor is not None:
            self._select(cursor)

    def _select(self, cursor: QTextCursor) -> None:
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # ── kinds of lines ──────────────────────────────────────────────────────────────────────────────────────────
    def prefix(self) -> str:
        """Return what stands before the current line in the stored text."""
        return str(self.textCursor().blockFormat().property(PREFIX) or "")

    def set_prefix(self, prefix: str) -> None:
        """Make the current line a subheading, a note or ordinary text."""
        cursor = self.textCursor()
        cursor.setBlockFormat(self._block_format(prefix))
        lines = self.lines()
        self.show_lines(lines)
        self.edited.emit()

    def show_paragraph(self, number: int) -> None:
        """Put the cursor at the beginning of a paragraph, numbered from 1, and show it."""
        block = self.document().findBlockByNumber(max(0, number - 1))
        if block.isValid():
            cursor = QTextCursor(block)
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    # ── typing ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _contents_changed(self, _at: int, _removed: int, _added: int) -> None:
        if not self._filling and not self.isReadOnly():
            self.edited.emit()

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window; show tips over chips."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if event.matches(undo) or event.matches(redo):
                event.ignore()
                return False
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = self.viewport().mapFromGlobal(event.globalPos())
            run = self.run_at(point)
            tip = self._tip(run) if run is not None else ""
            if tip:
                QToolTip.showText(event.globalPos(), tip, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete chips whole; step over them; begin ordinary paragraphs behind subheadings."""
        self._whole_chips()
        key, cursor = event.key(), self.textCursor()
        if key in (_KEY.Key_Backspace, _KEY.Key_Delete) and not cursor.hasSelection():
            at = cursor.position()
            chip = self._chip_at(at - 1 if key == _KEY.Key_Backspace else at) if at or key == _KEY.Key_Delete else None
            if chip is not None and not self.isReadOnly():
                cursor.setPosition(chip[0])
                cursor.setPosition(chip[1], QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
                self.setTextCursor(cursor)
                self._keep_plain()
                return
        if key in (_KEY.Key_Return, _KEY.Key_Enter) and not self.isReadOnly():
            cursor.insertBlock(self._block_format(""), self._plain_format(""))
            self.setTextCursor(cursor)
            return
        if event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
            self._clear_selection()
        before = cursor.position()
        super().keyPressEvent(event)
        self._step_over(before)

    def _clear_selection(self) -> None:
        """Take away what typing takes the place of, so that the typed text is plain even in place of a chip."""
        cursor = self.textCursor()
        if cursor.hasSelection() and not self.isReadOnly():
            cursor.removeSelectedText()
            self.setTextCursor(cursor)
            self._keep_plain()

    def _step_over(self, before: int) -> None:
        """After a key that moved the cursor into a chip: on to its other edge."""
        cursor = self.textCursor()
        chip = self._inside(cursor.position())
        if chip is None:
            return
        keep = QTextCursor.MoveMode.KeepAnchor if cursor.hasSelection() else QTextCursor.MoveMode.MoveAnchor
        cursor.setPosition(chip[0] if cursor.position() < before else chip[1], keep)
        self.setTextCursor(cursor)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Typed Chinese never becomes part of a chip."""
        self._whole_chips()
        if event.preeditString() or event.commitString():
            self._clear_selection()
        self._keep_plain()
        super().inputMethodEvent(event)

    # ── mouse ───────────────────────────────────────────────────────────────────────────────────────────────────
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click began."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which chip was clicked; a drag selects whole chips."""
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        clicked = self._pressed is not None and (point - self._pressed).manhattanLength() < 5
        run = self.run_at(point) if clicked and event.button() == Qt.MouseButton.LeftButton else None
        self._whole_chips()
        if run is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.chip_followed.emit(run)
        else:
            self.chip_clicked.emit(run, point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over what can be clicked."""
        super().mouseMoveEvent(event)
        run = self.run_at(event.position().toPoint()) if not event.buttons() else None
        over = run is not None and bool(run.fact)
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    # ── clipboard ───────────────────────────────────────────────────────────────────────────────────────────────
    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy plain text, and beside it the lines with their chips for this program."""
        self._whole_chips()
        data = QMimeData()
        cursor = self.textCursor()
        data.setText(cursor.selection().toPlainText())
        whole, start, end = self.lines(), cursor.selectionStart(), cursor.selectionEnd()
        stored, at = [], 0
        for line in whole:
            part = ""
            for run in line.runs:
                # Positions of Qt count UTF-16 units: two for the rare characters of some names.
                units = run.text.encode("utf-16-le")
                low, high = max(start - at, 0), min(end - at, len(units) // 2)
                if low < high:
                    part += run.holder or units[2 * low : 2 * high].decode("utf-16-le", "replace")
                at += len(units) // 2
            at += 1
            if part:
                stored.append(part)
        data.setData(_MIME, "\n".join(stored).encode())
        return data

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text only."""
        return source.hasText() or source.hasFormat(_MIME)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste text as plain paragraphs; what was copied here keeps its chips."""
        self._whole_chips()
        if source.hasFormat(_MIME):
            self._paste_lines(bytes(source.data(_MIME).data()).decode("utf-8", "replace").split("\n"))
            return
        for number, text in enumerate(source.text().replace("\r\n", "\n").replace("\r", "\n").split("\n")):
            cursor = self.textCursor()
            if number:
                cursor.insertBlock(self._block_format(""), self._plain_format(""))
            cursor.insertText(text.strip("\u3000 \t"), self._plain_format(self.prefix()))
            self.setTextCursor(cursor)

    def _paste_lines(self, stored: Sequence[str]) -> None:
        for number, line in enumerate(stored):
            if number:
                cursor = self.textCursor()
                cursor.insertBlock(self._block_format(""), self._plain_format(""))
                self.setTextCursor(cursor)
            for run in self._runs_of(line):
                self.insert_run(run)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard went elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()
