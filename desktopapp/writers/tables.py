"""One neutral ruled table for all documents, made from forms and from other tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktopapp.core.amount import Unit, format_amount
from desktopapp.core.layout import BodyCell, TableLayout, lay_out
from desktopapp.core.report import Report
from desktopapp.narrative.document import Table, TableCell

#: Control characters that neither XML nor HTML can hold; somebody may have pasted them.
UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


@dataclass(frozen=True, slots=True)
class RuledCell:
    """One cell with its place in the grid; ``align`` is "left", "center" or "right".

    ``names`` tells that the text names what the amounts of its row are.
    """

    row: int
    col: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    align: str = "left"
    bold: bool = False
    indent: bool = False
    names: bool = False


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table ready to be drawn.

    ``head_rows`` rows repeat on every page; ``widths`` are relative widths in mm. ``title`` stands large above a form,
    ``corner`` (公开01表) right below it, ``left`` and ``right`` in the line above the grid.
    """

    id: str
    title: str
    corner: str
    left: str
    right: str
    orientation: str
    widths: tuple[int, ...]
    head_rows: int
    rows: int
    cells: tuple[RuledCell, ...]
    notes: tuple[str, ...]

    def by_row(self) -> list[list[RuledCell]]:
        """Return the cells of each row from left to right."""
        found: list[list[RuledCell]] = [[] for _ in range(self.rows)]
        for cell in self.cells:
            found[cell.row].append(cell)
        return [sorted(row, key=lambda c: c.col) for row in found]


def form_table(report: Report, form_id: str, unit: Unit = Unit.WAN) -> RuledTable:
    """Return one of the report's forms with its amounts as published: two decimals, empty cells empty."""
    layout = lay_out(report, form_id, unit)
    head = [RuledCell(h.row, h.col, h.text, h.rowspan, h.colspan, "center") for h in layout.head]
    body = [cell for at, row in enumerate(layout.body) for cell in _body_row(report, layout, at, row, unit)]
    return RuledTable(
        id=form_id,
        title=layout.title,
        corner=layout.mark,
        left=layout.department_line,
        right=layout.unit_line,
        orientation=layout.orientation,
        widths=layout.widths,
        head_rows=layout.head_rows,
        rows=layout.head_rows + len(layout.body),
        cells=(*head, *body),
        notes=layout.notes,
    )


def _body_row(report: Report, layout: TableLayout, at: int, row: Sequence[BodyCell], unit: Unit) -> Iterator[RuledCell]:
    for cell in row:
        text = cell.text
        if cell.cell is not None:
            text = format_amount(report.get(cell.cell), unit)
        yield RuledCell(
            row=layout.head_rows + at,
            col=cell.col,
            text=text,
            colspan=cell.colspan,
            align=_align(cell),
            bold=cell.style in ("total", "grand"),
            indent=cell.style == "sub" and cell.kind == "label",
            names=cell.kind in ("label", "name"),
        )


def _align(cell: BodyCell) -> str:
    if cell.kind == "amount":
        return "right"
    if cell.kind == "number" or (cell.kind == "label" and cell.style in ("total", "grand")):
        return "center"
    return "left"


def plain_table(table: Table) -> RuledTable:
    """Return a table that is not a form."""
    cells: list[RuledCell] = []
    taken: set[tuple[int, int]] = set()
    for at, row in enumerate((*table.head, *table.body)):
        col = 0
        for cell in row:
            while (at, col) in taken:
                col += 1
            cells.append(_plain_cell(table, cell, at, col, at < len(table.head)))
            taken |= {(at + r, col + c) for r in range(cell.rowspan) for c in range(cell.colspan)}
            col += cell.colspan
    return RuledTable(
        id="",
        title=table.caption,
        corner="",
        left="",
        right="",
        orientation=table.orientation,
        widths=table.widths,
        head_rows=len(table.head),
        rows=len(table.head) + len(table.body),
        cells=tuple(cells),
        notes=table.notes,
    )


def _plain_cell(table: Table, cell: TableCell, row: int, col: int, head: bool) -> RuledCell:
    kind = cell.kind if cell.kind != "text" or col >= len(table.kinds) else table.kinds[col]
    align = "center" if head or cell.head else {"centre": "center", "number": "right"}.get(kind, "left")
    return RuledCell(row, col, cell.text, cell.rowspan, cell.colspan, align, bold=head or cell.head, names=cell.head)
