"""The middle of the window for an open report: message, find bar, the pages, the inspector under them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktopapp.core.commands import Command
from desktopapp.core.engine import Changes
from desktopapp.core.template import LAST, Cell
from desktopapp.gui.document import Document
from desktopapp.gui.window.find_bar import FindBar
from desktopapp.gui.window.inspector import Inspector
from desktopapp.gui.window.pages import Page, Place, form_pages

if TYPE_CHECKING:
    from desktopapp.gui.forms import FormView

#: The inspector takes no more of the height than this.
_MOST_FOR_INSPECTOR = 0.34


def make_form_view(document: Document, form_id: str, parent: QWidget) -> QWidget:
    """Return the view of a form; imported with the first one, so that a window without a report opens sooner."""
    from desktopapp.gui.forms import FormView

    return FormView(document, form_id, parent)


def as_form(view: QWidget | None) -> FormView | None:
    """Return a page's widget when it is a form."""
    if view is None or "desktopapp.gui.forms" not in sys.modules:
        return None
    from desktopapp.gui.forms import FormView

    return view if isinstance(view, FormView) else None


class Workspace(QWidget):
    """The pages of the open report; each is made when it is first shown."""

    #: The Page now on show.
    page_shown = Signal(object)
    #: The pages changed (rows of last year arrived, another report).
    pages_changed = Signal()
    #: A sentence, and whether it is about something that failed.
    said = Signal(str, bool)
    #: The browser of facts is wanted for a page of text.
    facts_wanted = Signal(object)
    #: The zoom factor of the form on show.
    zoomed = Signal(float)
    #: Sum, average and number of the selected amounts in words, empty when there are none to sum.
    summed = Signal(str)
    #: A Suspect whose suggestion is to be adopted.
    adopt_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.pages: list[Page] = []
        self._made: dict[str, QWidget] = {}
        self._shown: QWidget | None = None
        self._zoom = 1.0
        self._inspector_wanted = True
        self.find_bar = FindBar()
        self.inspector = Inspector()
        self._stack = QStackedWidget()
        self._stack.setAccessibleName("报表")
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.inspector)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setSizes([600, 172])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.find_bar)
        column.addWidget(self._splitter, 1)
        self.find_bar.go_wanted.connect(lambda cell: self.go_to(cell, (cell,), focus=False))
        self.find_bar.closed.connect(self.focus_page)
        self.inspector.mark_wanted.connect(self.mark)
        self.inspector.jump_wanted.connect(self.go_to)
        self.inspector.adopt_wanted.connect(self.adopt_wanted)
        self.inspector.failed.connect(lambda text: self.said.emit(text, True))

    # ── document ────────────────────────────────────────────────────────────────────────────────────────────────
    def set_document(self, document: Document | None) -> None:
        """Show another report, or none; views of the old one go away."""
        if self.document is not None:
            self.document.changed.disconnect(self._changed)
            self.document.jump_requested.disconnect(self.go_to)
        for view in self._made.values():
            self._stack.removeWidget(view)
            view.deleteLater()
        self._made.clear()
        self._shown = None
        self.document = document
        self.inspector.set_document(document)
        self.pages = self._pages()
        self.find_bar.set_document(document, [p.form_id for p in self.pages if p.form_id])
        if document is not None:
            document.changed.connect(self._changed)
            document.jump_requested.connect(self.go_to)
        self.pages_changed.emit()

    def _pages(self) -> list[Page]:
        document = self.document
        if document is None:
            return []
        from desktopapp.gui.inputs.pages import input_pages
        from desktopapp.gui.selfeval.pages import selfeval_pages
        from desktopapp.gui.text.pages import text_pages

        forms = form_pages(document.report, self._last_known(document), make_form_view)
        last = [p for p in forms if p.form_id.startswith(LAST)]
        current = forms[: len(forms) - len(last)]
        return [*current, *text_pages(document), *selfeval_pages(document), *input_pages(document), *last]

    @staticmethod
    def _last_known(document: Document) -> bool:
        return any(LAST + f.id not in document.engine.checker.absent for f in document.report.template.forms)

    def _changed(self, changes: Changes) -> None:
        """Last year's forms appear and disappear with their amounts."""
        if changes.everything or changes.fields or any(c.form.startswith(LAST) for c in changes.cells):
            pages = self._pages()
            if [(p.key, p.title) for p in pages] != [(p.key, p.title) for p in self.pages]:
                self._take_pages(pages)

    def _take_pages(self, pages: list[Page]) -> None:
        """Show other pages; what is on show stays, or makes room for its neighbour when its page is gone."""
        keys = [p.key for p in self.pages]
        here = next((i for i, key in enumerate(keys) if self._made.get(key) is self._shown), -1)
        self.pages = pages
        left = {p.key for p in pages}
        self.find_bar.set_document(self.document, [p.form_id for p in pages if p.form_id])
        self.pages_changed.emit()
        if here >= 0 and keys[here] not in left:
            self.show_page(next((k for k in reversed(keys[:here]) if k in left), pages[0].key))
        for key in [k for k in self._made if k not in left]:
            gone = self._made.pop(key)
            self._stack.removeWidget(gone)
            gone.deleteLater()

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def page(self) -> Page | None:
        """Return the page on show."""
        if self._shown is None:
            return None
        return next((p for p in self.pages if self._made.get(p.key) is self._shown), None)

    def page_widget(self) -> QWidget | None:
        """Return the widget of the page on show."""
        return self._shown

    def form_view(self) -> FormView | None:
        """Return the form on show, None for other pages."""
        return as_form(self._shown)

    def show_page(self, key: str) -> QWidget | None:
        """Show a page, making it when this is the first time; returns its widget, None for an unknown key."""
        page = next((p for p in self.pages if p.key == key), None)
        if page is None or self.document is None or not self.leave_entry():
            return None
        view = self._made.get(key)
        if view is None:
            view = self._made[key] = page.make(self.document, self._stack)
            self._stack.addWidget(view)
            if (form := as_form(view)) is not None:
                self._connect(form)
            elif isinstance(view, Place):
                view.said.connect(self.said)
                if (wanted := getattr(view, "place_wanted", None)) is not None:
                    wanted.connect(self.show_place)
                if (wanted := getattr(view, "facts_wanted", None)) is not None:
                    wanted.connect(self.facts_wanted)
        if self._shown is not view:
            self._shown = view
            self._stack.setCurrentWidget(view)
            if (form := as_form(view)) is not None:
                form.set_zoom(self._zoom)
                self.inspector.set_cell(form.current_cell())
            self.inspector.setVisible(self._inspector_wanted and form is not None)
            self.summed.emit(form.sum.words if form is not None else "")
            self.find_bar.set_here(page.form_id)
            self.page_shown.emit(page)
        return view

    def _connect(self, view: FormView) -> None:
        view.current_cell_changed.connect(lambda cell: self._cell_changed(view, cell))
        view.status_message.connect(self.said)
        view.zoom_changed.connect(self._zoom_changed)
        view.adopt_wanted.connect(self.adopt_wanted)
        view.sum.told.connect(lambda words: self.summed.emit(words) if view is self._shown else None)
        QTimer.singleShot(0, view, lambda: _start_at_left(view))

    def _cell_changed(self, view: FormView, cell: Cell | None) -> None:
        if view is self._shown:
            self.inspector.set_cell(cell)

    def step_page(self, by: int) -> None:
        """Show the next (+1) or previous (−1) page."""
        here = self.page()
        if here is not None:
            keys = [p.key for p in self.pages]
            self.show_page(keys[(keys.index(here.key) + by) % len(keys)])
            self.focus_page()

    def go_to(self, cell: Cell, together: tuple[Cell, ...] = (), *, focus: bool = True) -> None:
        """Show a cell and mark those that belong with it, in every form that is open or opened later."""
        form = as_form(self.show_page(cell.form)) if self.leave_entry() else None
        if form is not None:
            form.go_to(cell)
            self.mark(together)
            if focus:
                form.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_place(self, place: Cell | tuple[str, str]) -> None:
        """Show a cell, or a page with a place on it that the page itself understands (row.column, paragraph)."""
        if isinstance(place, Cell):
            self.go_to(place, (place,))
            return
        key, address = place
        view = self.show_page(key)
        if isinstance(view, Place):
            view.show_place(address)
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark(self, cells: tuple[Cell, ...]) -> None:
        """Mark cells in all forms that have been made."""
        for view in self._made.values():
            if (form := as_form(view)) is not None:
                form.mark_cells(cells)

    def focus_page(self) -> None:
        """Give the page the keyboard."""
        if self._shown is not None:
            self._shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_typing(self) -> bool:
        """Tell whether an entry is open in the form on show."""
        form = self.form_view()
        if form is None:
            return isinstance(self._shown, Place) and self._shown.is_typing()
        return form.editing.active

    def leave_entry(self) -> bool:
        """Accept an open entry; returns False when it is refused and stays open with its reason."""
        form = self.form_view()
        if form is None:
            return not isinstance(self._shown, Place) or self._shown.leave_entry()
        return not form.editing.active or form.commit_editing()

    def pending(self) -> Command | None:
        """Return the step that would save what is being typed, None where there is none or it is not acceptable."""
        found = getattr(self._shown, "pending", None)
        return found() if found is not None else None

    def give_up_entry(self) -> None:
        """Let go of what is being typed, without saving it."""
        form = self.form_view()
        if form is not None:
            form.editing.cancel()
        elif (give_up := getattr(self._shown, "give_up", None)) is not None:
            give_up()

    def keep_in_view(self) -> None:
        """Bring the current cell back into view after the room for the form has changed."""
        form = self.form_view()
        if form is not None:
            form.table.scrollTo(form.table.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the larger part of a low window to the form."""
        super().resizeEvent(event)
        upper, lower = self._splitter.sizes()
        most = round((upper + lower) * _MOST_FOR_INSPECTOR)
        if lower > max(most, self.inspector.minimumSizeHint().height()):
            self._splitter.setSizes([upper + lower - most, most])

    # ── zoom ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _zoom_changed(self, factor: float) -> None:
        self._zoom = factor
        self.zoomed.emit(factor)

    @property
    def zoom(self) -> float:
        """Return the zoom of the forms."""
        return self._zoom

    def set_zoom(self, factor: float) -> None:
        """Show forms in another zoom."""
        self._zoom = factor
        if (form := self.form_view()) is not None:
            form.set_zoom(factor)

    def show_inspector(self, on: bool) -> None:
        """Show or hide the inspector under the forms."""
        self._inspector_wanted = on
        self.inspector.setVisible(on and self.form_view() is not None)

    # ── geometry ────────────────────────────────────────────────────────────────────────────────────────────────
    def save_layout(self) -> QByteArray:
        """Return how the room is shared between form and inspector."""
        return self._splitter.saveState()

    def restore_layout(self, state: QByteArray) -> None:
        """Share the room as before."""
        self._splitter.restoreState(state)


def _start_at_left(view: FormView) -> None:
    """Show the beginning of the rows, once the view has its size; it was made without one."""
    view.table.horizontalScrollBar().setValue(0)
    view.table.scrollTo(view.table.currentIndex())
