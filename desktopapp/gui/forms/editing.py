"""Editing of cells: opens the editor, reads what was typed, keeps it open while it is refused."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QInputMethodEvent, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktopapp.core.amount import AmountError, Unit
from desktopapp.core.layout import BodyCell
from desktopapp.core.naming import describe
from desktopapp.gui.forms.completion import CodeList
from desktopapp.gui.forms.editor import Bubble, CellEditor
from desktopapp.gui.forms.grid import PROMPT
from desktopapp.gui.forms.operations import Operations
from desktopapp.gui.forms.table import FormTable
from desktopapp.gui.forms.texts import plain_text
from desktopapp.gui.palette import theme_of

_CODE_KINDS = frozenset({"code", "name", "input"})


class Editing(QObject):
    """The one editor of a form with its list of codes and its bubble of reasons."""

    #: What was typed is accepted; where to go next ("down", "tab", …) and the row key that was added or recoded.
    accepted = Signal(str, str)
    #: What was typed is refused, with the reason.
    refused = Signal(str)
    #: The editor was closed without a change.
    cancelled = Signal()

    def __init__(self, table: FormTable, operations: Operations, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
        self._operations = operations
        self._view = parent
        self.codes = CodeList(parent)
        self.bubble = Bubble(parent)
        self.editor = CellEditor(table.viewport(), self.codes)
        self._spot: tuple[int, int] | None = None
        self._finishing = False
        self.editor.leave.connect(self.finish)
        self.editor.cancelled.connect(self.cancel)
        self.editor.left_alone.connect(self._on_left_alone)
        self.editor.textEdited.connect(self._on_edited)
        self.codes.chosen.connect(lambda _code: self.finish("stay"))

    @property
    def active(self) -> bool:
        """Tell whether a cell is being edited."""
        return self._spot is not None

    @property
    def spot(self) -> tuple[int, int] | None:
        """Return (row, column) of the cell being edited."""
        return self._spot

    def _body(self) -> BodyCell:
        assert self._spot is not None
        return self._table.grid.cell(*self._spot)

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────
    def begin(self, row: int, column: int, text: str | None = None, *, composing: bool = False) -> bool:
        """Open the editor: with its own text in place, or with ``text`` in its stead.

        ``composing`` leaves the focus where it is until the input method has ended its first composition.
        """
        model = self._table.model_of_form
        if not model.can_edit(row, column):
            return False
        self._spot = (row, self._table.grid.place(row, column).first)
        body = self._body()
        self._dress(body)
        own = model.plain(row, column)
        self.editor.begin(self._box(), own if text is None else text, in_place=text is None, focus=not composing)
        self._table.composing_in = self.editor if composing else None
        if text is None and body.cell is not None:
            self.editor.selectAll()
        if text and body.kind in _CODE_KINDS:
            self._offer(text)
        model.document.typing.emit()
        return True

    def _dress(self, body: BodyCell) -> None:
        editor, metrics = self.editor, self._table.metrics
        editor.setFont(metrics.font)
        number = body.cell is not None
        editor.setAlignment(
            Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft)
        )
        editor.setTextMargins(max(0, metrics.pad - 3), 0, max(0, metrics.pad - 3), 0)
        theme = theme_of(self._view.palette())
        palette = QPalette(self._view.palette())
        palette.setColor(QPalette.ColorRole.Base, QColor(theme.field))
        palette.setColor(QPalette.ColorRole.Text, QColor(theme.ink))
        editor.setPalette(palette)
        editor.setPlaceholderText(PROMPT.removeprefix("＋ ") if body.kind == "input" else "")
        editor.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers if number else Qt.InputMethodHint.ImhNone)
        name = describe(self._table.model_of_form.document.report, body.cell) if body.cell else body.text
        editor.setAccessibleName(name)
        editor.setMaxLength(600)

    def _box(self) -> QRect:
        assert self._spot is not None
        box = self._table.place_rect(*self._spot)
        return box.adjusted(-1, -1, 0, 0) & self._table.viewport().rect().adjusted(-1, -1, 0, 0)

    def _outer_box(self) -> QRect:
        box = self.editor.geometry()
        corner = self._table.viewport().mapTo(self._view, box.topLeft())
        return QRect(corner, box.size())

    def follow(self) -> None:
        """Stay over the cell when the table scrolls or is measured anew."""
        if self._spot is None:
            return
        self.editor.setGeometry(self._table.place_rect(*self._spot).adjusted(-1, -1, 0, 0))
        if self.codes.isVisible():
            self.codes.show_below(self._outer_box())
        if self.bubble.isVisible():
            self.bubble.say(self.bubble.text(), self._outer_box())

    def restate(self, before: Unit) -> None:
        """Write an open amount in the unit that is shown now, so that what was typed keeps its meaning."""
        if self._spot is None or self._body().cell is None:
            return
        unit = self._table.model_of_form.unit
        try:
            amount = self._operations.read_amount(self.editor.text(), before)
        except AmountError:
            return
        self.editor.setText(plain_text(amount, unit))

    def compose(self, event: QInputMethodEvent) -> None:
        """Hand a composition on to the editor, and the focus when it has ended."""
        QApplication.sendEvent(self.editor, event)
        if event.commitString() or not event.preeditString():
            self._table.composing_in = None
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.editor.deselect()

    def relocate(self, spot: tuple[int, int] | None) -> None:
        """Go on editing at another place after the form was laid out anew; without one, give up."""
        if self._spot is None:
            return
        if spot is None:
            self.cancel()
            return
        self._spot = spot
        self.follow()

    # ── typing ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _on_edited(self, text: str) -> None:
        self._table.model_of_form.document.typing.emit()
        self.bubble.hide()
        if self._spot is not None and self._body().kind in _CODE_KINDS:
            self._offer(text)

    def _offer(self, text: str) -> None:
        model = self._table.model_of_form
        catalogue = model.document.catalogue_of(model.form_id)
        kind = self._body().kind
        rows = model.document.report.rows_of(model.form_id)
        self.codes.offer(catalogue, text, list(rows), first=kind != "name" and not _names_itself(text, catalogue))
        self.codes.show_below(self._outer_box())

    # ── closing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def finish(self, step: str) -> bool:
        """Accept what was typed and close; returns False, with the reason shown, when it is refused."""
        if self._spot is None or self._finishing:
            return self._spot is None
        self._finishing = True
        try:
            return self._finish(step)
        finally:
            self._finishing = False

    def _finish(self, step: str) -> bool:
        spot, body, text, code = self._spot, self._body(), self.editor.text(), self.codes.code()
        assert spot is not None
        before = self._keys() if body.kind in _CODE_KINDS else {}
        area = self._table.selected()
        # The editor is closed first: an accepted row lays the form out anew, and nothing may be open over it then.
        self._spot = None
        untouched = self.editor.in_place and text == self._table.model_of_form.plain(*spot) and not code
        if untouched:
            reason = ""
        elif step == "fill" and body.cell is not None and area is not None:
            reason = self._operations.fill(area, text)
        else:
            reason = self._operations.enter(body, text, code)
        if reason:
            self._spot = spot
            self._refuse(reason)
            return False
        self._close()
        fresh = [k for k in self._keys() if k not in before] if body.kind in _CODE_KINDS else []
        self.accepted.emit(step, max(fresh, key=len) if fresh else "")
        return True

    def _keys(self) -> dict[str, None]:
        model = self._table.model_of_form
        return dict.fromkeys(model.document.report.rows_of(model.form_id)) if model.takes_rows else {}

    def _refuse(self, reason: str) -> None:
        self.codes.hide()
        self.editor.mark_invalid(reason)
        self.bubble.say(reason, self._outer_box())
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refused.emit(reason)

    def cancel(self) -> None:
        """Give up; the cell keeps what it had."""
        if self._spot is not None:
            self._spot = None
            self._close()
            self.cancelled.emit()

    def _close(self) -> None:
        self.codes.hide()
        self.bubble.hide()
        self._table.composing_in = None
        had_focus = self.editor.hasFocus()
        self._finishing, before = True, self._finishing
        self.editor.hide()
        if had_focus or self._table.window().focusWidget() is None:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._finishing = before

    def _on_left_alone(self) -> None:
        """Accept a good entry when the focus leaves; a bad one stays open with its reason."""
        if self._spot is not None and not self._finishing and not self.editor.invalid:
            self.finish("stay")


def _names_itself(text: str, catalogue: object) -> bool:
    """Tell whether a text is a whole code already, so that Enter takes it as it is."""
    return catalogue is not None and text.strip() in catalogue  # type: ignore[operator]
