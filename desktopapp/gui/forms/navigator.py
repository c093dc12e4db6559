"""The current cell and the selection of a form, moved by keys."""

from __future__ import annotations

from collections.abc import Callable

from desktopapp.gui.forms import moves
from desktopapp.gui.forms.moves import Spot
from desktopapp.gui.forms.table import FormTable

_STEPS = {"up": moves.UP, "down": moves.DOWN, "left": moves.LEFT, "right": moves.RIGHT}
#: Moves that stay within a selection of several cells.
_WITHIN = frozenset({"enter", "enter-up", "tab", "back"})


class Navigator:
    """Moves through the stops of a form; with Shift, stretches the selection from the current cell.

    Enter and Tab go round within a selection of several cells, as in a spreadsheet.
    """

    def __init__(self, table: FormTable) -> None:
        self._table = table
        self._end: Spot | None = None
        #: The column in which a run of Tab keys began: Enter returns to it.
        self._home: int | None = None

    def _here(self) -> Spot:
        here = self._table.here()
        return here if here is not None else moves.first_stop(self._table.grid) or (0, 0)

    def _filled(self, spot: Spot) -> bool:
        return bool(self._table.model_of_form.plain(*spot))

    def go(self, spot: Spot | None) -> None:
        """Make a cell current and the only selected one."""
        if spot is not None:
            self._end = self._home = None
            self._table.select_one(*spot)

    def stretch(self, spot: Spot | None) -> None:
        """Select from the current cell to another one."""
        if spot is not None:
            self._end = spot
            self._table.select_range(self._here(), spot)

    def forget(self) -> None:
        """Begin stretching at the current cell again."""
        self._end = None

    def move(self, name: str, stretch: bool = False) -> None:
        """Carry out a move by name."""
        if stretch:
            self.stretch(self._target(name, self._end or self._here(), plain=True))
            return
        area = self._table.selected() if name in _WITHIN else None
        inner = moves.within(self._table.grid, area, self._here(), name) if area is not None else None
        if area is not None and inner is not None:
            self._table.select_area(area, inner)
            self._table.scrollTo(self._table.currentIndex())
            return
        here, home = self._here(), self._home
        if name == "enter" and home is not None:
            here = (here[0], home)
        target = self._target(name, here, plain=False)
        self.go(target)
        if name == "tab" and target is not None:
            began = here[1] if home is None else home
            self._home = began if target[0] == here[0] else target[1]

    def _target(self, name: str, spot: Spot, *, plain: bool) -> Spot | None:
        grid = self._table.grid
        if name in _STEPS:
            return (moves.plain_step if plain else moves.one_step)(grid, spot, _STEPS[name])
        if name.startswith("edge-"):
            return moves.data_edge(grid, spot, _STEPS[name.removeprefix("edge-")], self._filled)
        page = max(1, self._table.viewport().height() // self._table.metrics.row_height - 1)
        targets: dict[str, Callable[[], Spot | None]] = {
            "enter": lambda: moves.one_step(grid, spot, moves.DOWN),
            "enter-up": lambda: moves.one_step(grid, spot, moves.UP),
            "tab": lambda: moves.tab(grid, spot),
            "back": lambda: moves.back_tab(grid, spot),
            "row-start": lambda: moves.row_end(grid, spot[0], -1),
            "row-end": lambda: moves.row_end(grid, spot[0], 1),
            "first": lambda: moves.first_stop(grid),
            "last": lambda: moves.last_stop(grid),
            "page-up": lambda: moves.paged(grid, spot, -page),
            "page-down": lambda: moves.paged(grid, spot, page),
        }
        return targets[name]() if name in targets else None

    def select_all(self) -> None:
        """Select the whole body."""
        grid = self._table.grid
        rows = len(grid.layout.body)
        if rows:
            here = self._here()
            self._table.select_area((0, 0, rows - 1, grid.columns - 1), here)

    def select_rows(self) -> None:
        """Widen the selection to whole rows."""
        area = self._table.selected()
        if area is not None:
            self._table.select_area((area[0], 0, area[2], self._table.grid.columns - 1), self._here())

    def select_columns(self) -> None:
        """Widen the selection to whole columns."""
        area, grid = self._table.selected(), self._table.grid
        if area is not None and grid.layout.body:
            self._table.select_area((0, area[1], len(grid.layout.body) - 1, area[3]), self._here())
