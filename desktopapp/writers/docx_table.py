"""Builds Word tables straight from their grid: merged cells, repeated header rows, borders.

Cells are written as OOXML because asking python-docx for each cell of a table costs the square of its size.
"""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from desktopapp.writers.fit import LINE, SIDE, Fit
from desktopapp.writers.tables import UNPRINTABLE, RuledCell, RuledTable

#: Digits and letters: every office program has this family or one exactly as wide, so that lines break alike.
LATIN = "Times New Roman"
_TWIPS_PER_MM = 1440 / 25.4
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def element(tag: str, **attributes: object) -> Any:
    """Return an OOXML element ("w:b") with attributes in its own namespace."""
    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def table_element(table: RuledTable, fit: Fit, font: str) -> Any:
    """Return ``w:tbl`` for a table as it was fitted, with type in ``font``."""
    widths = [round(w * _TWIPS_PER_MM) for w in fit.widths]
    made = element("w:tbl")
    made.append(_properties(sum(widths), table))
    grid = element("w:tblGrid")
    for width in widths:
        grid.append(element("w:gridCol", w=width))
    made.append(grid)
    for at, cells in enumerate(_filled(table)):
        made.append(_row(cells, widths, fit, font, head=at < table.head_rows))
    return made


def _properties(width: int, table: RuledTable) -> Any:
    properties = element("w:tblPr")
    properties.append(element("w:tblW", w=width, type="dxa"))
    properties.append(element("w:jc", val="center"))
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz=4, space=0, color="000000"))
    properties.append(borders)
    properties.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=round(SIDE * 20), type="dxa"))
    properties.append(margins)
    properties.append(element("w:tblLook", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1))
    if table.title:
        # What a screen reader announces.
        properties.append(element("w:tblCaption", val=table.title.translate(UNPRINTABLE)))
    return properties


def _filled(table: RuledTable) -> list[list[tuple[RuledCell, str]]]:
    """Return the rows with the continuations of cells that span rows: ("", "restart" or "continue")."""
    rows: list[list[tuple[RuledCell, str]]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        for offset in range(cell.rowspan):
            merge = "" if cell.rowspan == 1 else "restart" if offset == 0 else "continue"
            rows[cell.row + offset].append((cell, merge))
    return [sorted(row, key=lambda pair: pair[0].col) for row in rows]


def _row(cells: list[tuple[RuledCell, str]], widths: list[int], fit: Fit, font: str, *, head: bool) -> Any:
    row = element("w:tr")
    properties = element("w:trPr")
    properties.append(element("w:cantSplit"))
    properties.append(element("w:trHeight", val=round((fit.size * LINE + 2 * fit.pad) * 20), hRule="atLeast"))
    if head:
        properties.append(element("w:tblHeader"))
    row.append(properties)
    for cell, merge in cells:
        row.append(_cell(cell, merge, sum(widths[cell.col : cell.col + cell.colspan]), fit.size, font))
    return row


def _cell(cell: RuledCell, merge: str, width: int, size: float, font: str) -> Any:
    made = element("w:tc")
    properties = element("w:tcPr")
    properties.append(element("w:tcW", w=width, type="dxa"))
    if cell.colspan > 1:
        properties.append(element("w:gridSpan", val=cell.colspan))
    if merge:
        properties.append(element("w:vMerge", val=merge) if merge == "restart" else element("w:vMerge"))
    properties.append(element("w:vAlign", val="center"))
    made.append(properties)
    paragraph = element("w:p")
    shape = element("w:pPr")
    # Exact lines: fonts differ in what they call single, and a form would no longer fit its page.
    shape.append(element("w:spacing", before=0, after=0, line=round(size * LINE * 20), lineRule="exact"))
    shape.append(element("w:ind", firstLine=0, left=round(size * 20) if cell.indent else 0))
    shape.append(element("w:jc", val=cell.align))
    paragraph.append(shape)
    if cell.text and merge != "continue":
        paragraph.append(run_element(cell.text, size, font, bold=cell.bold))
    made.append(paragraph)
    return made


def run_element(text: str, size: float = 0, font: str = "", *, bold: bool = False, colour: str = "") -> Any:
    """Return ``w:r`` with a text in a font for both scripts; line feeds become breaks.

    Without size or font the run takes them from its paragraph's style.
    """
    run = element("w:r")
    look = element("w:rPr")
    if font:
        look.append(element("w:rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=font, cs=LATIN, hint="eastAsia"))
    if bold:
        look.append(element("w:b"))
    if colour:
        look.append(element("w:color", val=colour))
    if size:
        look.append(element("w:sz", val=round(size * 2)))
        look.append(element("w:szCs", val=round(size * 2)))
    if len(look):
        run.append(look)
    for at, line in enumerate(text.translate(UNPRINTABLE).split("\n")):
        if at:
            run.append(element("w:br"))
        words = element("w:t")
        words.set(_SPACE, "preserve")
        words.text = line
        run.append(words)
    return run
