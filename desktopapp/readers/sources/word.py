"""Word documents (.docx): body paragraphs and tables in their order; headers, footers and deleted text are left out.

The parts are read straight from the container: documents written by office suites often refer to parts that do not
exist, at which a full package reader gives up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .cleaning import clean_cell, clean_text
from .errors import SourceError
from .limits import MAX_DEPTH, check_area
from .model import Block, Cell, Grid, Paragraph, Position
from .spans import fill_up
from .watch import Watch
from .word_styles import Numbering, Style, list_of, outline_level, read_numbering, read_styles, value_of
from .word_text import Collected, collect
from .xmltools import Element, attribute, child, local_name, parse_xml
from .ziptools import open_zip, read_part

_WRAPPERS: Final = frozenset(["sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "txbxContent", "body"])
_CALL_BLOCKS: Final = 200


def read_word(path: Path, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read a .docx file; raises SourceError."""
    watch.step(0.0, "正在打开 Word 文档")
    with open_zip(path) as archive:
        names = set(archive.namelist())
        main = _main_part(names)
        folder = main.rpartition("/")[0]
        document = parse_xml(read_part(archive, main))
        parts = {
            name: parse_xml(read_part(archive, f"{folder}/{name}.xml")) if f"{folder}/{name}.xml" in names else None
            for name in ("styles", "numbering")
        }
    body = child(document, "body")
    if body is None:
        raise SourceError("Word 文档没有正文，可能已损坏，请用 Word 或 WPS 打开后另存一份再导入。")
    rendered = any(True for _ in body.iter("{*}lastRenderedPageBreak"))
    reader = _Reader(read_styles(parts["styles"]), read_numbering(parts["numbering"]), rendered, watch)
    reader.read(body, 0)
    return reader.blocks, reader.warnings, reader.page


def _main_part(names: set[str]) -> str:
    if "word/document.xml" in names:
        return "word/document.xml"
    others = sorted(name for name in names if name.startswith("word/document") and name.endswith(".xml"))
    if not others:
        raise SourceError("Word 文档没有正文，可能已损坏，请用 Word 或 WPS 打开后另存一份再导入。")
    return others[0]


class _Reader:
    """Walks through a body once, counting pages, list numbers and blocks."""

    def __init__(self, styles: dict[str, Style], numbering: Numbering, rendered: bool, watch: Watch) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self.page = 1
        self._styles = styles
        self._numbering = numbering
        self._rendered = rendered
        self._watch = watch
        self._items = 0

    def read(self, container: Element, depth: int) -> None:
        """Collect the blocks of a body, text box or content control."""
        if depth > MAX_DEPTH:
            return
        for element in container:
            name = local_name(element)
            if name == "p":
                self._paragraph(element, depth)
            elif name == "tbl":
                self._table(element, depth)
            elif name in _WRAPPERS:
                self.read(element, depth + 1)

    def _next_item(self) -> int:
        self._items += 1
        if self._items % _CALL_BLOCKS == 0:
            self._watch.check()
        return self._items

    def _paragraph(self, element: Element, depth: int) -> None:
        item = self._next_item()
        found = collect(element, self._rendered)
        self.page += found.breaks_before
        style, level = self._style(element)
        text = self._text(element, found, style)
        if text:
            position = Position(page=self.page, item=item)
            self.blocks.append(Paragraph(text, self.page, level, position, style.name))
        for box in found.boxes:
            self.read(box, depth + 1)
        self.page += found.breaks_inside

    def _style(self, element: Element) -> tuple[Style, int | None]:
        properties = child(element, "pPr")
        style = self._styles.get(value_of(properties, "pStyle") or "", Style())
        own = outline_level(properties)
        return style, style.level if own is None else own or None

    def _text(self, element: Element, found: Collected, style: Style) -> str:
        """Return the paragraph's text with its automatic number."""
        text = clean_text("".join(found.parts)).strip("\t ")
        if not text:
            return ""
        list_id, list_level = list_of(child(element, "pPr"))
        list_id = style.list_id if list_id is None else list_id
        if list_id in (None, "0"):
            return text
        label = self._numbering.next_label(list_id, style.list_level if list_level is None else list_level)
        return clean_text(label) + text

    def _table(self, table: Element, depth: int) -> None:
        item = self._next_item()
        inner: list[Element] = []
        page = self.page
        rows = [self._row(row, inner, depth) for row in _rows_of(table)]
        grid = _grid(rows)
        if any(cell.text for row in grid for cell in row):
            self.blocks.append(Grid(grid, page, "", Position(page=page, item=item), "table"))
        for nested in inner:
            self._table(nested, depth + 1)

    def _row(self, row: Element, inner: list[Element], depth: int) -> list[tuple[int, int, bool, str]]:
        """Return (column, columns, continues the cell above, text) for each cell of a row."""
        properties = child(row, "trPr")
        col = min(_number(value_of(properties, "gridBefore"), 0), 1_000)
        cells: list[tuple[int, int, bool, str]] = []
        for cell in _cells_of(row):
            own = child(cell, "tcPr")
            wide = min(max(_number(value_of(own, "gridSpan"), 1), 1), 1_000)
            merge = child(own, "vMerge") if own is not None else None
            continues = merge is not None and attribute(merge, "val") in (None, "continue")
            text = self._cell_text(cell, inner, depth)
            beside = child(own, "hMerge") if own is not None else None
            if beside is not None and attribute(beside, "val") in (None, "continue") and cells:
                before = cells[-1]
                cells[-1] = (before[0], before[1] + wide, before[2], before[3])
            else:
                cells.append((col, wide, continues, text))
            col += wide
        return cells

    def _cell_text(self, cell: Element, inner: list[Element], depth: int) -> str:
        """Return a cell's text; a true table inside it is kept for later as a table of its own."""
        lines: list[str] = []
        for element in _blocks_of(cell, 0):
            if local_name(element) == "p":
                found = collect(element, self._rendered)
                self.page += found.breaks_before + found.breaks_inside
                style, _ = self._style(element)
                lines.append(clean_cell(self._text(element, found, style)))
                for box in found.boxes:
                    lines.extend(clean_cell(_plain(paragraph)) for paragraph in box.iter("{*}p"))
            elif _is_true_table(element) and depth < MAX_DEPTH:
                inner.append(element)
            else:
                lines.extend(clean_cell(_plain(paragraph)) for paragraph in element.iter("{*}p"))
        return "\n".join(line for line in lines if line)


def _plain(paragraph: Element) -> str:
    return "".join(collect(paragraph, True).parts)


def _number(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.isdigit() and len(value) < 7 else default


def _blocks_of(container: Element, depth: int) -> Iterator[Element]:
    for element in container:
        name = local_name(element)
        if name in ("p", "tbl"):
            yield element
        elif name in _WRAPPERS and depth < MAX_DEPTH:
            yield from _blocks_of(element, depth + 1)


def _inside(container: Element, wanted: str, depth: int = 0) -> Iterator[Element]:
    """Yield the wanted children, also where a content control wraps them."""
    for element in container:
        name = local_name(element)
        if name == wanted:
            yield element
        elif name in _WRAPPERS and depth < MAX_DEPTH:
            yield from _inside(element, wanted, depth + 1)


def _rows_of(table: Element) -> list[Element]:
    """Return the rows that are not deleted by a tracked change."""
    rows = []
    for row in _inside(table, "tr"):
        properties = child(row, "trPr")
        if properties is None or child(properties, "del") is None:
            rows.append(row)
    return rows


def _cells_of(row: Element) -> Iterator[Element]:
    return _inside(row, "tc")


def _is_true_table(table: Element) -> bool:
    rows = _rows_of(table)
    return len(rows) > 1 and max(len(list(_cells_of(row))) for row in rows) > 1


def _grid(rows: list[list[tuple[int, int, bool, str]]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells with their spans; a continued cell without one above it stands for itself."""
    check_area(len(rows), max((col + wide for row in rows for col, wide, _, _ in row), default=0), "表格")
    taken: list[set[int]] = [set() for _ in rows]
    placed: list[list[Cell]] = [[] for _ in rows]
    open_cells: dict[int, tuple[int, int]] = {}
    for at, row in enumerate(rows):
        still_open: dict[int, tuple[int, int]] = {}
        for col, wide, continues, text in row:
            taken[at].update(range(col, col + wide))
            owner = open_cells.get(col) if continues else None
            if owner is None:
                placed[at].append(Cell(text, at, col, 1, wide))
                still_open[col] = (at, len(placed[at]) - 1)
            else:
                first = placed[owner[0]][owner[1]]
                text = first.text or text
                placed[owner[0]][owner[1]] = Cell(text, first.row, col, at - first.row + 1, first.colspan)
                still_open[col] = owner
        open_cells = still_open
    return fill_up(placed, taken)
