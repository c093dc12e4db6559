"""Where the keyboard goes in a form: from stop to stop, as people know it from spreadsheets.

No Qt here. A stop is a cell into which something can be typed, or an amount; labels, line numbers and blank cells are
passed over. All places are (row, column) of the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from desktopapp.gui.forms.grid import Grid

Spot = tuple[int, int]
UP, DOWN, LEFT, RIGHT = (-1, 0), (1, 0), (0, -1), (0, 1)


def first_stop(grid: Grid) -> Spot | None:
    """Return the first amount of the form, or else its first stop."""
    found = _amounts(grid, range(grid.rows))
    return next(found, None) or next(_all_stops(grid, range(grid.rows)), None)


def last_stop(grid: Grid) -> Spot | None:
    """Return the last amount of the form, or else its last stop."""
    for row in reversed(range(grid.rows)):
        stops = list(_amounts(grid, range(row, row + 1)))
        if stops:
            return stops[-1]
    return None


def _all_stops(grid: Grid, rows: range) -> Iterator[Spot]:
    for row in rows:
        for place in grid.places_of_row(row):
            if grid.is_stop(row, place.first):
                yield row, place.first


def _amounts(grid: Grid, rows: range) -> Iterator[Spot]:
    for row in rows:
        for place in grid.places_of_row(row):
            if place.cell.cell is not None:
                yield row, place.first


def along(grid: Grid, spot: Spot, step: tuple[int, int]) -> Iterator[Spot]:
    """Yield the stops from a place in one direction, nearest first."""
    row, column = spot
    if step[0]:
        for other in range(row + step[0], grid.rows if step[0] > 0 else -1, step[0]):
            first = grid.place(other, column).first
            if grid.is_stop(other, first):
                yield other, column
        return
    columns = range(column + 1, grid.columns) if step[1] > 0 else range(column - 1, -1, -1)
    for other in columns:
        if grid.is_stop(row, other):
            yield row, other


def one_step(grid: Grid, spot: Spot, step: tuple[int, int]) -> Spot:
    """Return the next stop in a direction, the same place when there is none."""
    return next(along(grid, spot, step), spot)


def plain_step(grid: Grid, spot: Spot, step: tuple[int, int]) -> Spot:
    """Return the neighbouring place in a direction, whatever stands there: for stretching a selection."""
    row, column = spot
    if step[1]:
        place = grid.place(row, column)
        column = place.last + 1 if step[1] > 0 else place.first - 1
    return max(0, min(row + step[0], grid.rows - 1)), max(0, min(column, grid.columns - 1))


def within(grid: Grid, area: tuple[int, int, int, int], spot: Spot, name: str) -> Spot | None:
    """Return the next stop within a selection (top, left, bottom, right): down its columns with "enter", along its rows
    with "tab", backwards with "enter-up" and "back", round at the ends. None where it holds no other stop.
    """
    top, left, bottom, right = area
    rows, columns = range(top, min(bottom, len(grid.layout.body) - 1) + 1), range(left, right + 1)
    if len(rows) * len(columns) <= 1 or spot[0] not in rows or spot[1] not in columns:
        return None
    across = name in ("tab", "back")
    lines, places = (rows, columns) if across else (columns, rows)
    line, place = spot if across else (spot[1], spot[0])
    number, at = len(lines) * len(places), lines.index(line) * len(places) + places.index(place)
    step = 1 if name in ("tab", "enter") else -1
    for far in range(1, number):
        one, other = divmod((at + step * far) % number, len(places))
        row, column = (lines[one], places[other]) if across else (places[other], lines[one])
        if grid.is_stop(row, column) and grid.place(row, column).first == column:
            return row, column
    return None


def data_edge(grid: Grid, spot: Spot, step: tuple[int, int], filled: Callable[[Spot], bool]) -> Spot:
    """Return the edge of the data in a direction, as Ctrl + arrow finds it in a spreadsheet."""
    last = spot
    inside = filled(spot)
    for at, other in enumerate(along(grid, spot, step)):
        if at == 0 and inside and not filled(other):
            inside = False
        if inside and not filled(other):
            return last
        if not inside and filled(other):
            return other
        last = other
    return last


def paged(grid: Grid, spot: Spot, rows: int) -> Spot:
    """Return the stop about ``rows`` rows further in the same column (negative: upwards)."""
    found = spot
    for other in along(grid, spot, DOWN if rows > 0 else UP):
        if abs(other[0] - spot[0]) > abs(rows):
            break
        found = other
    return found


def row_end(grid: Grid, row: int, step: int) -> Spot | None:
    """Return the first (−1) or last (+1) stop of a row."""
    stops = list(_all_stops(grid, range(row, row + 1)))
    return None if not stops else stops[0] if step < 0 else stops[-1]


def tab(grid: Grid, spot: Spot) -> Spot:
    """Return the stop to the right; from the last one of a row, the first amount of the next row that has one."""
    following = next(along(grid, spot, RIGHT), None)
    if following is not None:
        return following
    for row in range(spot[0] + 1, grid.rows):
        found = next(_amounts(grid, range(row, row + 1)), None) or row_end(grid, row, -1)
        if found is not None:
            return found
    return spot


def back_tab(grid: Grid, spot: Spot) -> Spot:
    """Return the stop to the left; from the first one of a row, the last of the row before that has one."""
    previous = next(along(grid, spot, LEFT), None)
    if previous is not None:
        return previous
    for row in reversed(range(spot[0])):
        found = row_end(grid, row, 1)
        if found is not None:
            return found
    return spot
