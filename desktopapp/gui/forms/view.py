"""One form as a sheet of paper that can be typed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QInputMethodEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.forms import clipboard, keys
from desktopapp.gui.forms.actions import build_actions
from desktopapp.gui.forms.desk import Desk
from desktopapp.gui.forms.editing import Editing
from desktopapp.gui.forms.model import FormModel
from desktopapp.gui.forms.navigator import Navigator
from desktopapp.gui.forms.operations import Operations
from desktopapp.gui.forms.places import Kept, found_again, kept_at, nearest
from desktopapp.gui.forms.summing import SelectionSum
from desktopapp.gui.suspects.menu import cell_menu


class FormView(Desk):
    """Shows and edits one form of a document ("03", or "last.03" for looking at last year's).

    All changes go through the document as commands, one step of undo each. Whatever is refused is said through
    ``status_message`` in one sentence; no dialog ever opens.
    """

    #: Another amount became current: a Cell, or None on a code, a name or a label.
    current_cell_changed = Signal(object)
    #: A sentence for the status bar, and whether it tells of something refused.
    status_message = Signal(str, bool)
    #: A Suspect whose suggestion is to be adopted.
    adopt_wanted = Signal(object)

    def __init__(self, document: Document, form_id: str, parent: QWidget | None = None) -> None:
        super().__init__(FormModel(document, form_id), parent)
        self.model.setParent(self)
        self.document = document
        self.form_id = form_id
        self._told: Cell | None = None
        self._kept: Kept | None = None
        self._kept_editor: Kept | None = None
        self._fresh = True
        self.operations = Operations(self.model, self.status_message.emit)
        self.editing = Editing(self.table, self.operations, self)
        self.navigator = Navigator(self.table)
        self.sum = SelectionSum(self.table)
        self._wire()
        form = self.model.form
        self.setAccessibleName(f"{form.mark} {self.model.layout.title}")
        self.table.setAccessibleName(f"{form.mark} {self.model.layout.title}")
        self.setFocusProxy(self.table)
        self.table.installEventFilter(self)
        self.navigator.move("first")

    def _wire(self) -> None:
        self.editing.accepted.connect(self._on_accepted)
        self.editing.refused.connect(lambda reason: self.status_message.emit(reason, True))
        self.editing.cancelled.connect(lambda: self.status_message.emit("", False))
        self.table.pressed_at.connect(self._on_pressed)
        self.table.stretched.connect(self._on_stretched)
        self.table.edit_asked.connect(lambda row, column: self.editing.begin(row, column))
        self.table.selectionModel().currentChanged.connect(lambda _new, _old: self._tell_current())
        self.model.modelAboutToBeReset.connect(self._keep_place)
        self.model.relaid.connect(self._restore_place)
        self.model.unit_changed.connect(self.editing.restate)

    # ── where we are ────────────────────────────────────────────────────────────────────────────────────────────
    def current_cell(self) -> Cell | None:
        """Return the address of the current amount, None on a code, a name or a label."""
        here = self.table.here()
        return self.model.grid.address(*here) if here is not None else None

    def go_to(self, cell: Cell) -> bool:
        """Make an amount current and bring it into view; returns False when this form does not print it."""
        spot = self.model.grid.where(cell) or (
            self.model.grid.where_row(cell.row) if cell.form == self.form_id else None
        )
        if spot is None:
            return False
        self.navigator.go(spot)
        return True

    def mark_cells(self, cells: Iterable[Cell]) -> None:
        """Outline the cells of a relation; an empty collection takes the outlines away."""
        self.table.outline(cells)

    def _tell_current(self) -> None:
        cell = self.current_cell()
        if cell != self._told:
            self._told = cell
            self.current_cell_changed.emit(cell)

    def _keep_place(self) -> None:
        here, spot = self.table.here(), self.editing.spot
        self._kept = kept_at(self.model.grid, *here) if here is not None else None
        self._kept_editor = kept_at(self.model.grid, *spot) if spot is not None else None

    def _restore_place(self) -> None:
        """Stand where we stood before the form was laid out anew, with an open entry as it was."""
        grid, at = self.model.grid, self._upright.value()
        if self._kept is not None:
            spot = found_again(grid, self._kept)
            if spot is None:
                self._told = None
            self.navigator.go(spot or nearest(grid, self._kept))
            self._upright.setValue(at)
        self.editing.relocate(found_again(grid, self._kept_editor) if self._kept_editor is not None else None)
        self._tell_current()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the left edge: the view was made without a size."""
        super().showEvent(event)
        if self._fresh:
            self._fresh = False
            self.table.horizontalScrollBar().setValue(0)
            self._upright.setValue(0)
            self.table.scrollTo(self.table.currentIndex())

    # ── editing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def edit_current(self, text: str | None = None, *, composing: bool = False) -> bool:
        """Open the editor on the current cell, with a text in place of its own if given."""
        here = self.table.here()
        if here is None:
            return False
        self.table.scrollTo(self.table.currentIndex())
        if self.editing.begin(*here, text, composing=composing):
            return True
        if not self.model.editable:
            self.operations.refuse_read_only()
        else:
            self.status_message.emit("这个单元格不能填写。", False)
        return False

    def commit_editing(self) -> bool:
        """Accept an open entry; returns False when it is refused and stays open."""
        return self.editing.finish("stay")

    def _on_accepted(self, step: str, fresh: str) -> None:
        self.status_message.emit("", False)
        if fresh:
            # A row was added or got another code: go on with its first amount.
            where = self.model.grid.where_row(fresh)
            if where is not None:
                self._begin_row(where)
            return
        if step not in ("stay", "fill"):
            self.navigator.move({"down": "enter", "up": "enter-up"}.get(step, step))

    def _begin_row(self, where: tuple[int, int]) -> None:
        """Go to the first amount of a row that is to be typed; what is computed comes by itself."""
        self.navigator.go(where)
        spots = [(s, self.model.grid.address(*s)) for s in self._amounts_of(where)]
        typed = [s for s, cell in spots if cell is not None and not self.model.is_automatic(cell)]
        self.navigator.go(next(iter(typed), spots[0][0] if spots else where))

    def _amounts_of(self, where: tuple[int, int]) -> Iterable[tuple[int, int]]:
        for column in range(where[1], self.model.grid.columns):
            if self.model.grid.address(where[0], column) is not None:
                yield where[0], column

    def _on_pressed(self, row: int, column: int) -> None:
        if self.editing.active and not self.editing.finish("stay"):
            return
        self.navigator.go((min(row, self.model.grid.rows - 1), column))

    def _on_stretched(self, row: int, column: int) -> None:
        if not self.editing.active:
            self.navigator.stretch((row, column))

    def placed(self) -> None:
        """Keep the editor over its cell."""
        if hasattr(self, "editing"):
            self.editing.follow()

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take the keys of the table before Qt does, and before the shortcuts of the window."""
        if watched is self.table:
            if isinstance(event, QKeyEvent):
                if event.type() == QEvent.Type.ShortcutOverride:
                    return self._claims(event)
                if event.type() == QEvent.Type.KeyPress:
                    return self._on_key(event)
            elif isinstance(event, QInputMethodEvent):
                return self._on_input_method(event)
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _claims(self, event: QKeyEvent) -> bool:
        if keys.command_of(event) or keys.move_of(event)[0] or keys.typed_text(event):
            event.accept()
            return True
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        name = keys.command_of(event)
        if name:
            self._command(name)
            return True
        move, stretch = keys.move_of(event)
        if move:
            self.navigator.move(move, stretch)
            return True
        text = keys.typed_text(event)
        if text:
            self.edit_current(text)
            return True
        return False

    def _command(self, name: str) -> None:
        commands: dict[str, Callable[[], object]] = {
            "copy": self.copy,
            "copy-headers": lambda: self.copy(with_headers=True),
            "cut": self.cut,
            "paste": self.paste,
            "fill-down": self.fill_down,
            "fill-right": self.fill_right,
            "select-all": self.select_all,
            "put-back": self.put_back,
            "select-row": self.navigator.select_rows,
            "select-column": self.navigator.select_columns,
            "clear": self.clear,
            "edit": self.edit_current,
            "edit-empty": lambda: self.edit_current(""),
            "insert-row": self.insert_row,
            "delete-rows": self.delete_rows,
        }
        commands[name]()

    def _on_input_method(self, event: QInputMethodEvent) -> bool:
        """Begin an entry that is composed with an input method, and hand the composition on.

        The focus moves to the editor only when the first composition has ended: moving it would break it off.
        """
        if not self.editing.active:
            if not event.preeditString() and not event.commitString():
                return False
            if not self.edit_current("", composing=True):
                return True
        self.editing.compose(event)
        return True

    # ── clipboard ───────────────────────────────────────────────────────────────────────────────────────────────
    def copy(self, with_headers: bool = False) -> None:
        """Copy the selection as plain numbers in the shown unit, as text and as a table."""
        area = self.table.selected()
        if area is None:
            return
        rows = self.operations.copied(area, with_headers)
        data = QMimeData()
        data.setText(clipboard.to_tsv(rows))
        if len(rows) * len(rows[0]) <= clipboard.MOST_FORMATTED:
            data.setHtml(clipboard.to_html(rows))
        QGuiApplication.clipboard().setMimeData(data)

    def cut(self) -> None:
        """Copy the selection and empty its amounts."""
        area = self.table.selected()
        if area is not None and not self.operations.refuse_read_only():
            self.copy()
            self.operations.clear(area, "剪切")

    def paste(self) -> None:
        """Put the clipboard's block at the selection, as one step."""
        area = self.table.selected()
        if area is None:
            return
        block = _clipboard_block()
        if not block:
            self.status_message.emit("剪贴板里没有可以粘贴的文字或表格。", True)
        elif len(block) * len(block[0]) > clipboard.MOST_CELLS:
            self.status_message.emit("剪贴板里的内容太多，没有粘贴；请只复制需要的单元格。", True)
        else:
            self._paste(area, block)

    def _paste(self, area: tuple[int, int, int, int], block: clipboard.Block) -> None:
        """Paste and select what was pasted, as spreadsheets do."""
        here = self.table.here()
        if self.operations.paste(area, block) and here is not None:
            top, left, bottom, right = area
            grid = self.model.grid
            bottom = min(max(bottom, top + len(block) - 1), len(grid.layout.body) - 1)
            right = min(max(right, left + len(block[0]) - 1), grid.columns - 1)
            if top <= bottom:
                self.table.select_area((top, left, bottom, right), (top, left))

    # ── commands ────────────────────────────────────────────────────────────────────────────────────────────────
    def clear(self) -> None:
        """Empty the selected amounts."""
        if (area := self.table.selected()) is not None:
            self.operations.clear(area)

    def fill_down(self) -> None:
        """Copy the first selected row into those below, or the row above into a single one."""
        if (area := self.table.selected()) is not None:
            self.operations.fill_down(area)

    def fill_right(self) -> None:
        """Copy the first selected column into those to its right, or the column before into a single one."""
        if (area := self.table.selected()) is not None:
            self.operations.fill_right(area)

    def set_automatic(self, on: bool = True) -> None:
        """Let the selected amounts follow their relations, or keep them as typed ones."""
        if (area := self.table.selected()) is not None:
            self.operations.follow(area, on)

    def put_back(self) -> None:
        """Let the selected amounts follow their relations again."""
        self.set_automatic(True)

    def select_all(self) -> None:
        """Select the whole body."""
        self.navigator.select_all()

    def insert_row(self, code: str = "", name: str = "") -> None:
        """Add a row by code; without one, begin typing in the line for input."""
        if not self.model.takes_rows:
            if not self.operations.refuse_read_only():
                self.status_message.emit("本表的行是固定的，不能增加。", True)
            return
        if not code:
            self.navigator.go((self.model.grid.input_row, 0))
            self.edit_current("")
            return
        reason = self.operations.insert(code, name)
        if reason:
            self.status_message.emit(reason, True)
        elif (where := self.model.grid.where_row(code)) is not None:
            self._begin_row(where)

    def delete_rows(self) -> None:
        """Take out the selected rows by code; undo brings them back."""
        if (area := self.table.selected()) is not None:
            self.operations.delete_rows(range(area[0], area[2] + 1))

    def sort_rows(self) -> None:
        """Bring the rows into code order."""
        self.operations.sort()

    def find(self, text: str, start: bool = False, backward: bool = False) -> bool:  # type: ignore[override]
        """Go to the next place that shows a text; ``start``: from the beginning (or end) of the form.

        Returns False, without moving, when there is none; the caller may go on in another form.
        """
        wanted = _folded(text)
        if not wanted:
            return False
        grid = self.model.grid
        places = [(r, p.first) for r in range(len(grid.layout.body)) for p in grid.places_of_row(r)]
        here = self.table.here()
        if backward:
            places.reverse()
        if not start and here is not None:
            here = (here[0], grid.place(*here).first)
            places = [p for p in places if (p < here if backward else p > here)]
        found = next((p for p in places if wanted in _folded(self.model.shown(*p))), None)
        if found is not None:
            self.navigator.go(found)
        return found is not None

    # ── menu ────────────────────────────────────────────────────────────────────────────────────────────────────
    def actions(self) -> list[QAction]:
        """Return the actions for the selected cells, separators included, for menus."""
        found = build_actions(self, self, self.model.editable, self.model.takes_rows)
        area = self.table.selected()
        if area is not None and self.model.takes_rows:
            row_keys = self.model.grid.row_keys(iter(range(area[0], min(area[2] + 1, area[0] + 500))))
            for form_id in self.operations.other_forms(row_keys) if row_keys else []:
                mark = self.document.report.template.form(form_id).mark
                action = QAction(f"把所选科目加入{mark}", self)
                action.triggered.connect(lambda _c=False, k=row_keys, f=form_id: self.operations.share(k, f))
                found.append(action)
        return found

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selection."""
        menu = QMenu(self)
        cell = self.current_cell()
        doubts = cell_menu(menu, self.document, cell, self.adopt_wanted.emit) if cell is not None else None
        if doubts is not None:
            menu.addMenu(doubts)
            menu.addSeparator()
        menu.addActions(self.actions())
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and (here := self.table.here()) is not None:
            at = self.table.viewport().mapToGlobal(self.table.place_rect(*here).bottomLeft() + QPoint(4, 0))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)
        event.accept()


def _clipboard_block() -> clipboard.Block:
    """Return what the clipboard holds as rows of texts, empty when it holds neither text nor a table."""
    data = cast(QMimeData | None, QGuiApplication.clipboard().mimeData())
    if data is None:
        return []
    block = clipboard.from_tsv(data.text()) if data.hasText() and data.text() else []
    return clipboard.from_html(data.html()) if not block and data.hasHtml() else block


def _folded(text: str) -> str:
    return text.replace(",", "").replace(" ", "").casefold()
