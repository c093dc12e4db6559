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
    empty = [missing.get(field, 0.0) for field, _, _ in columns]
    best = [[0.0] * (fields + 1) for _ in range(rows + 1)]
    step = [["skip"] * (fields + 1) for _ in range(rows + 1)]
    for j in range(fields):
        best[0][j + 1] = best[0][j] + empty[j]
    for i, piece in enumerate(pieces):
        above, here = best[i], best[i + 1]
        here[0], step[i + 1][0] = above[0] + DROPPED, "drop"
        for j, (field, start, end) in enumerate(columns):
            moved = 0.0 if start <= piece.start < end else MOVED if same_table else MOVED / 4
            take = above[j] + moved + fit(field, piece.text)
            skip, drop = here[j] + empty[j], above[j + 1] + DROPPED
            here[j + 1] = cheapest = min(take, skip, drop)
            step[i + 1][j + 1] = "take" if take == cheapest else "skip" if skip == cheapest else "drop"
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
