"""The slow table finder, for the rare page whose rules the quick way cannot connect."""

from __future__ import annotations

from pathlib import Path

from .model import Box
from .pdf_lattice import Lattice, Span, cluster, nearest


def plumber_lattices(path: Path, index: int, em: float) -> list[Lattice]:
    """Return the tables that pdfplumber finds on the page with this 0-based index, none when it fails on the page."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(path, pages=[index + 1]) as document:
            tables = [table.cells for table in document.pages[0].find_tables()]
    except (PDFException, PdfminerException, ValueError, TypeError, KeyError, IndexError, RecursionError):
        # It is a second opinion only: a page it cannot read stays with the text that was read already.
        return []
    lattices = [_lattice([(c[0], c[1], c[2], c[3]) for c in cells], em) for cells in tables]
    return [lattice for lattice in lattices if lattice is not None]


def _lattice(cells: list[Box], em: float) -> Lattice | None:
    near = max(1.5, 0.45 * em)
    xs = cluster([edge for cell in cells for edge in (cell[0], cell[2])], near)
    ys = cluster([edge for cell in cells for edge in (cell[1], cell[3])], near)
    if len(xs) < 2 or len(ys) < 2 or len(cells) < 2:
        return None
    taken = [[False] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    spans: list[Span] = []
    for x0, y0, x1, y1 in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        col, row = nearest(xs, x0), nearest(ys, y0)
        wide, high = nearest(xs, x1) - col, nearest(ys, y1) - row
        slots = [(at, to) for at in range(row, row + high) for to in range(col, col + wide)]
        if slots and not any(taken[at][to] for at, to in slots):
            for at, to in slots:
                taken[at][to] = True
            spans.append(Span(row, col, high, wide))
    spans.extend(
        Span(row, col, 1, 1) for row in range(len(ys) - 1) for col in range(len(xs) - 1) if not taken[row][col]
    )
    return Lattice(tuple(xs), tuple(ys), tuple(spans))
