"""What a source looks like once it is read: blocks of text and grids of cells, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page as it is displayed."""


def column_letters(index: int) -> str:
    """Return the spreadsheet letters of a 0-based column: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the source, precise enough to show it again.

    `page` (from 1) and `bbox` for PDF; `sheet` with 0-based `row` and `col` for workbooks; `line` (from 1) for text;
    `item` (from 1) counts paragraphs and tables of a Word document or web page, `row` and `col` are then the place in
    the table.
    """

    page: int | None = None
    bbox: Box | None = None
    sheet: str = ""
    row: int | None = None
    col: int | None = None
    line: int | None = None
    item: int | None = None

    def describe(self) -> str:
        """Return the place in words for the user, such as “收入决算表”B7 or 第 5 页."""
        if self.item is None and self.row is not None and self.col is not None:
            return f"“{self.sheet}”{column_letters(self.col)}{self.row + 1}"
        parts = []
        if self.page is not None:
            parts.append(f"第 {self.page} 页")
        if self.line is not None:
            parts.append(f"第 {self.line} 行")
        if self.item is not None:
            parts.append(f"第 {self.item} 段")
        if self.item is not None and self.row is not None:
            parts.append(f"表格第 {self.row + 1} 行")
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; `row` and `col` are its top left slot, counted from 0 inside the grid.

    `number` is the exact decimal string of a number that the source holds as a number (never derived from text).
    `bbox` is the cell's place on the page, for PDF only.
    """

    text: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    number: str | None = None
    bbox: Box | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `level` is the heading level from 1, None for body text; `style` the source's own style name.

    Pieces that stand far apart on one line are separated by a TAB; kept line breaks are newlines.
    """

    text: str
    page: int
    level: int | None = None
    position: Position = field(default_factory=Position)
    style: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: one tuple of cells per row, without the slots that a spanning cell covers.

    `origin` tells how it was found: "sheet", "table" (Word, web, Markdown), "delimited" (text with separators),
    "ruled" (PDF, from drawn lines), "aligned" (PDF, from the alignment of text alone: less certain).
    An aligned grid keeps the lines it was made from in `raw`. `lines` has the source line number of each row of a text.
    Rows of delimited text may be shorter than the grid is wide. `pages` has the page of each row of a table that was
    joined over several pages.
    """

    rows: tuple[tuple[Cell, ...], ...]
    page: int
    name: str
    position: Position
    origin: str
    raw: tuple[Paragraph, ...] = ()
    lines: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """Number of columns."""
        return max((cell.col + cell.colspan for row in self.rows for cell in row), default=0)

    def cells(self) -> Iterator[Cell]:
        """Yield all cells row by row."""
        for row in self.rows:
            yield from row

    def slots(self) -> list[list[Cell | None]]:
        """Return height × width slots; each holds the cell that covers it, None where a short row has none."""
        slots: list[list[Cell | None]] = [[None] * self.width for _ in self.rows]
        for cell in self.cells():
            for row in range(cell.row, min(cell.row + cell.rowspan, len(slots))):
                slots[row][cell.col : cell.col + cell.colspan] = [cell] * cell.colspan
        return slots

    def texts(self) -> list[list[str]]:
        """Return height × width texts; a spanning cell's text stands in its top left slot only."""
        texts = [[""] * self.width for _ in self.rows]
        for cell in self.cells():
            texts[cell.row][cell.col] = cell.text
        return texts

    def place(self, cell: Cell) -> Position:
        """Return where `cell` is in the source."""
        at = self.position
        if at.row is not None and at.col is not None:
            return Position(page=at.page, sheet=at.sheet, row=at.row + cell.row, col=at.col + cell.col)
        if at.item is not None:
            return Position(page=at.page, item=at.item, row=cell.row, col=cell.col)
        line = self.lines[cell.row] if cell.row < len(self.lines) else at.line
        page = self.pages[cell.row] if cell.row < len(self.pages) else at.page
        return Position(page=page, bbox=cell.bbox or at.bbox, line=line, item=at.item)


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A source that was read: its blocks in reading order and what the user should know about it.

    `kind` is one of the values of `detect.Kind`; `pages` counts pages of a PDF or Word document and sheets of a
    workbook, 1 for everything else.
    """

    name: str
    kind: str
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...]
    pages: int

    def grids(self) -> list[Grid]:
        """Return the grids in reading order."""
        return [block for block in self.blocks if isinstance(block, Grid)]

    def paragraphs(self) -> list[Paragraph]:
        """Return the paragraphs in reading order."""
        return [block for block in self.blocks if isinstance(block, Paragraph)]
