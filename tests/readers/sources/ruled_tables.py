"""Tables for tests: a layout of cells, drawn into a PDF page in the manner of different writers."""

from __future__ import annotations

import random
from dataclasses import dataclass

from desktopapp.readers.sources import Cell, Grid

from .pdf_builder import PdfPage, text_width

Span = tuple[int, int, int, int]
"""Row, column, rows, columns."""

STYLES = ("lines", "long lines", "rectangles", "thin bars", "pieces", "dotted", "double", "boxes", "pictures")


@dataclass(frozen=True)
class Layout:
    """Edges and texts of a table; `texts` has one entry per span."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[Span, ...]
    texts: tuple[str, ...]


def random_layout(rng: random.Random, left: float = 60, top: float = 100) -> Layout:
    """Return a table with random edges, merged cells and texts that fit their cells."""
    cols, rows = rng.randint(2, 9), rng.randint(2, 14)
    xs, ys = [left], [top]
    for _ in range(cols):
        xs.append(xs[-1] + rng.choice([32, 45, 60, 75]))
    for _ in range(rows):
        ys.append(ys[-1] + rng.choice([14, 18, 26, 40]))
    spans = _random_spans(rng, rows, cols)
    texts = tuple(_random_text(rng, xs, ys, span) for span in spans)
    return Layout(tuple(xs), tuple(ys), spans, texts)


def _random_spans(rng: random.Random, rows: int, cols: int) -> tuple[Span, ...]:
    taken = [[False] * cols for _ in range(rows)]
    spans: list[Span] = []
    for row in range(rows):
        for col in range(cols):
            if taken[row][col]:
                continue
            high = rng.choice([1, 1, 1, 1, 1, 2, 3])
            wide = rng.choice([1, 1, 1, 1, 2, 3])
            high, wide = min(high, rows - row), min(wide, cols - col)
            while any(taken[row][col + at] for at in range(wide)):
                wide -= 1
            for at in range(row, row + high):
                taken[at][col : col + wide] = [True] * wide
            spans.append((row, col, high, wide))
    return tuple(spans)


def _random_text(rng: random.Random, xs: list[float], ys: list[float], span: Span) -> str:
    row, col, high, wide = span
    width, height = xs[col + wide] - xs[col] - 6, ys[row + high] - ys[row]
    kind = rng.random()
    if kind < 0.25:
        return ""
    if kind < 0.6:
        amounts = ["0.01", "36.53", "231.59", "1,383.50", "12,938.50", "2010301", "32"]
        return rng.choice([amount for amount in amounts if text_width(amount, 8) <= width])
    lines = max(1, int(height // 11))
    room = max(1, int(width // 8)) * lines
    pool = "一般公共服务支出政府办公厅室及相关机构事务行政运行科学技术文化旅游社会保障和就业卫生健康住房"
    start = rng.randrange(len(pool))
    return (pool + pool)[start : start + rng.randint(1, min(room, 18))]


def rules_kept(layout: Layout) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    """Return the sides of all cells as (y, x0, x1) and (x, y0, y1), each piece once."""
    horizontal, vertical = set(), set()
    for row, col, high, wide in layout.spans:
        for edge in (row, row + high):
            horizontal.update((layout.ys[edge], layout.xs[at], layout.xs[at + 1]) for at in range(col, col + wide))
        for edge in (col, col + wide):
            vertical.update((layout.xs[edge], layout.ys[at], layout.ys[at + 1]) for at in range(row, row + high))
    return sorted(horizontal), sorted(vertical)


def joined(pieces: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Return pieces on one line that touch as whole rules."""
    whole: list[tuple[float, float, float]] = []
    for at, start, end in sorted(pieces):
        if whole and whole[-1][0] == at and abs(whole[-1][2] - start) < 0.01:
            whole[-1] = (at, whole[-1][1], end)
        else:
            whole.append((at, start, end))
    return whole


def draw(page: PdfPage, layout: Layout, style: str, *, size: float = 8) -> None:
    """Draw rules in a style ("none": no rules) and texts: amounts on the right, short ones centred, others wrapped."""
    horizontal, vertical = rules_kept(layout)
    if style == "boxes":
        for row, col, high, wide in layout.spans:
            page.box(layout.xs[col], layout.ys[row], layout.xs[col + wide], layout.ys[row + high])
    elif style != "none":
        if style in ("long lines", "thin bars", "double", "dotted", "pictures"):
            horizontal, vertical = joined(horizontal), joined(vertical)
        for y, x0, x1 in horizontal:
            _rule(page, style, x0, y, x1, y)
        for x, y0, y1 in vertical:
            _rule(page, style, x, y0, x, y1)
    for span, text in zip(layout.spans, layout.texts, strict=True):
        _write(page, layout, span, text, size)


def _rule(page: PdfPage, style: str, x0: float, y0: float, x1: float, y1: float) -> None:
    flat = y0 == y1
    if style in ("lines", "long lines"):
        page.line(x0, y0, x1, y1, 0.48)
    elif style in ("rectangles", "thin bars"):
        page.fill(x0 - 0.24, y0 - 0.24, x1 + 0.24, y1 + 0.24)
    elif style == "pictures":
        page.picture(x0 - 0.3, y0 - 0.3, x1 + 0.3, y1 + 0.3)
    elif style == "pieces":
        for part in range(3):
            start, end = part / 3, (part + 1) / 3
            page.line(x0 + (x1 - x0) * start, y0 + (y1 - y0) * start, x0 + (x1 - x0) * end, y0 + (y1 - y0) * end, 0.7)
    elif style == "dotted":
        steps = int(max(x1 - x0, y1 - y0) // 2)
        for step in range(steps + 1):
            x, y = (x0 + 2 * step, y0) if flat else (x0, y0 + 2 * step)
            page.fill(x - 0.3, y - 0.3, x + 0.3, y + 0.3)
    else:
        for shift in (-0.8, 0.8):
            moved = (0.0, shift) if flat else (shift, 0.0)
            page.line(x0 + moved[0], y0 + moved[1], x1 + moved[0], y1 + moved[1], 0.4)


def _write(page: PdfPage, layout: Layout, span: Span, text: str, size: float) -> None:
    row, col, high, wide = span
    left, right = layout.xs[col] + 3, layout.xs[col + wide] - 3
    lines = wrap(text, right - left, size)
    middle = (layout.ys[row] + layout.ys[row + high]) / 2
    base = middle - len(lines) * (size + 2) / 2 + size
    numeric = text.replace(",", "").replace(".", "").isdigit()
    for line in lines:
        width = text_width(line, size)
        x = right - width if numeric else left if len(lines) > 1 else (left + right - width) / 2
        page.text(x, base, line, size)
        base += size + 2


def wrap(text: str, width: float, size: float) -> list[str]:
    """Return text cut into lines of at most `width`."""
    lines: list[str] = []
    for char in text:
        if lines and text_width(lines[-1] + char, size) <= width + 0.01:
            lines[-1] += char
        else:
            lines.append(char)
    return lines


def content(grid: Grid) -> list[tuple[Span, str]]:
    """Return spans and texts of a grid as read, for comparison."""
    return sorted(((cell.row, cell.col, cell.rowspan, cell.colspan), cell.text) for cell in grid.cells())


def expected(layout: Layout) -> list[tuple[Span, str]]:
    """Return spans and texts as drawn; an edge at which no cell ends is no edge on paper."""
    rows = {edge for row, _, high, _ in layout.spans for edge in (row, row + high)}
    cols = {edge for _, col, _, wide in layout.spans for edge in (col, col + wide)}
    row_of = {edge: at for at, edge in enumerate(sorted(rows))}
    col_of = {edge: at for at, edge in enumerate(sorted(cols))}
    found = []
    for (row, col, high, wide), text in zip(layout.spans, layout.texts, strict=True):
        top, left = row_of[row], col_of[col]
        found.append(((top, left, row_of[row + high] - top, col_of[col + wide] - left), text))
    return sorted(found)


def texts_of(cells: tuple[tuple[Cell, ...], ...]) -> list[list[str]]:
    """Return the texts row by row."""
    return [[cell.text for cell in row] for row in cells]
