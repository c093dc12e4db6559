"""Fits the filled cells of a row to the columns of its header: in order, at the least cost.

Empty cells were lost in many documents, tables go on over pages with other widths, and merged cells shift what stands
behind them. The column where a text stands is therefore only one hint; what the text looks like is the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from desktopapp.readers.selfeval.rows import Piece

#: Cost of a filled cell that no column takes.
DROPPED = 7.0
#: Cost of standing in another column than the header's.
MOVED = 1.0

#: How badly a text suits a field; 0 is well.
Fit = Callable[[str, str], float]


def align(
    pieces: Sequence[Piece],
    columns: Sequence[tuple[str, int, int]],
    fit: Fit,
    missing: Mapping[str, float],
    *,
    same_table: bool = True,
) -> tuple[dict[str, str], list[Piece], float]:
    """Return the text of each field, the pieces that no field takes, and the cost.

    ``columns`` are (field, first column, column behind the last); ``missing`` is what an empty field costs.
    ``same_table`` tells whether the pieces' columns are those of the header's table.
    """
    rows, fields = len(pieces), len(columns)
    best = [[0.0] * (fields + 1) for _ in range(rows + 1)]
    step = [[""] * (fields + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        for j in range(fields + 1):
            if i or j:
                best[i][j], step[i][j] = _cheapest(best, i, j, pieces, columns, fit, missing, same_table)
    taken: dict[str, str] = {}
    left: list[Piece] = []
    i, j = rows, fields
    while i or j:
        match step[i][j]:
            case "take":
                taken[columns[j - 1][0]] = pieces[i - 1].text
                i, j = i - 1, j - 1
            case "drop":
                left.append(pieces[i - 1])
                i -= 1
            case _:
                j -= 1
    return taken, left[::-1], best[rows][fields]


def _cheapest(
    best: list[list[float]],
    i: int,
    j: int,
    pieces: Sequence[Piece],
    columns: Sequence[tuple[str, int, int]],
    fit: Fit,
    missing: Mapping[str, float],
    same_table: bool,
) -> tuple[float, str]:
    choices: list[tuple[float, str]] = []
    if i and j:
        field, start, end = columns[j - 1]
        piece = pieces[i - 1]
        moved = 0.0 if start <= piece.start < end else MOVED if same_table else MOVED / 4
        choices.append((best[i - 1][j - 1] + fit(field, piece.text) + moved, "take"))
    if j:
        choices.append((best[i][j - 1] + missing.get(columns[j - 1][0], 0.0), "skip"))
    if i:
        choices.append((best[i - 1][j] + DROPPED, "drop"))
    return min(choices, key=lambda c: c[0])
