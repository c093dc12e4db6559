"""A form laid out as one table: merged header, body rows, notes.

Screen, xlsx, docx, pdf and html are all made from this, so that they cannot differ. The layout holds texts and
addresses, not amounts: an edit never changes it, only inserting or removing rows does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktopapp.core.amount import Unit
from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import (
    LAST,
    SINGLE_ROW,
    TOTAL_ROW,
    Block,
    Cell,
    Column,
    Form,
    LeadColumn,
    Line,
    Shape,
    Side,
)


@dataclass(frozen=True, slots=True)
class HeadCell:
    """One cell of the header, with its place and span in the grid."""

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str


@dataclass(frozen=True, slots=True)
class BodyCell:
    """One cell of the body.

    ``kind`` is "label", "number", "code", "name", "amount" or "blank"; ``cell`` is the amount's address, ``row`` the
    row key of a code or name. ``style`` is "", "total", "grand" or "sub" (indented).
    """

    col: int
    kind: str
    text: str = ""
    colspan: int = 1
    cell: Cell | None = None
    row: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """One form as a table; ``widths`` are relative column widths in mm of the printed page."""

    form_id: str
    mark: str
    title: str
    department_line: str
    unit_line: str
    orientation: str
    widths: tuple[int, ...]
    head_rows: int
    head: tuple[HeadCell, ...]
    body: tuple[tuple[BodyCell, ...], ...]
    notes: tuple[str, ...]
    lead: int

    def amounts(self) -> Iterator[tuple[int, BodyCell]]:
        """Yield (body row, cell) of every amount."""
        for at, row in enumerate(self.body):
            for cell in row:
                if cell.cell is not None:
                    yield at, cell


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A column of the grid as the header sees it."""

    label: str
    path: tuple[str, ...]
    number: str
    width: int


def lay_out(report: Report, form_id: str, unit: Unit = Unit.WAN) -> TableLayout:
    """Return the table of a form ("01" …, or "last.01" for last year's)."""
    form = report.template.form(form_id)
    builders = {Shape.TWO_SIDED: _two_sided, Shape.CODES: _codes, Shape.BLOCKS: _blocks, Shape.SINGLE: _single}
    widths, head_rows, head, body, lead = builders[form.shape](report, form, form_id)
    year = report.year - 1 if form_id.startswith(LAST) else report.year
    return TableLayout(
        form_id=form_id,
        mark=form.mark,
        title=form.title.format(year=year, department=report.department),
        department_line=f"{form.unit_label}{report.department}",
        unit_line=form.unit_line.format(unit=unit.value),
        orientation=form.orientation,
        widths=tuple(widths),
        head_rows=head_rows,
        head=tuple(head),
        body=tuple(body),
        notes=notes_of(report, form, form_id),
        lead=lead,
    )


def notes_of(report: Report, form: Form, form_id: str) -> tuple[str, ...]:
    """Return the notes under a form, with the statement of an empty form that is published empty."""
    year = report.year - 1 if form_id.startswith(LAST) else report.year
    notes = [n.format(year=year, department=report.department) for n in form.notes]
    if form.empty_statement and is_empty(report, form_id):
        text = str(report.fields.get(f"empty_statement.{form_id}") or form.empty_statement)
        # Replaced, not formatted: a person may have typed braces.
        notes.append(text.replace("{year}", str(year)).replace("{department}", report.department or "本部门"))
    return tuple(notes)


def is_empty(report: Report, form_id: str) -> bool:
    """Tell whether a form holds no amount."""
    return not any(c.form == form_id for c in report.amounts)


_Built = tuple[Sequence[int], int, Sequence[HeadCell], Sequence[tuple[BodyCell, ...]], int]


def _merge(leaves: Sequence[_Leaf], first_row: int, depth: int, number_row: int | None) -> Iterator[HeadCell]:
    """Yield the merged header of columns: equal paths side by side become one cell, labels reach down to the bottom.

    ``depth`` counts header rows without the row of column numbers, which is ``number_row``.
    """
    bottom = first_row + depth + (1 if number_row is not None else 0)
    for level in range(max((len(leaf.path) for leaf in leaves), default=0)):
        at = 0
        while at < len(leaves):
            path = leaves[at].path[: level + 1]
            end = at + 1
            while end < len(leaves) and len(path) > level and leaves[end].path[: level + 1] == path:
                end += 1
            if len(path) > level:
                yield HeadCell(first_row + level, at, 1, end - at, path[level])
            at = end
    for at, leaf in enumerate(leaves):
        top = first_row + len(leaf.path)
        end_row = bottom if number_row is None or (not leaf.number and top <= number_row) else number_row
        if top == number_row:
            end_row = bottom
        yield HeadCell(top, at, end_row - top, 1, leaf.label)
        if number_row is not None and leaf.number and top < number_row:
            yield HeadCell(number_row, at, 1, 1, leaf.number)


def _number(form: Form, column: Column) -> str:
    return str(column.no) if column.no is not None and form.prints_column_numbers else ""


# ── two sides with fixed lines ──────────────────────────────────────────────────────────────────────────────────────
def _two_sided(report: Report, form: Form, form_id: str) -> _Built:
    leaves: list[_Leaf] = []
    for side in form.sides:
        leaves.append(_Leaf(side.label_head, (side.head,), form.number_head, side.label_width))
        if form.prints_line_numbers:
            leaves.append(_Leaf(side.number_head, (side.head,), " ", side.number_width))
        above = (side.head, side.columns_head) if side.columns_head else (side.head,)
        leaves += [_Leaf(c.label, above + c.path, _number(form, c), c.width) for c in side.columns]
    depth = max(len(leaf.path) for leaf in leaves) + 1
    number_row = depth if form.prints_column_numbers else None
    head = [_blank_number(c) for c in _merge(leaves, 0, depth, number_row)]
    height = max(len(s.lines) for s in form.sides)
    body = [tuple(_side_cells(form, form_id, at)) for at in range(height)]
    return [leaf.width for leaf in leaves], depth + (number_row is not None), head, body, 0


def _blank_number(cell: HeadCell) -> HeadCell:
    return cell if cell.text != " " else HeadCell(cell.row, cell.col, cell.rowspan, cell.colspan, "")


def _side_cells(form: Form, form_id: str, at: int) -> Iterator[BodyCell]:
    col = 0
    for side in form.sides:
        line = side.lines[at] if at < len(side.lines) else Line("", None, "")
        yield BodyCell(col, "label", line.label, style=line.style)
        col += 1
        if form.prints_line_numbers:
            yield BodyCell(col, "number", "" if line.no is None else str(line.no), style=line.style)
            col += 1
        yield from _line_amounts(side, line, form_id, col)
        col += len(side.columns)


def _line_amounts(side: Side, line: Line, form_id: str, col: int) -> Iterator[BodyCell]:
    unused = side.unused.get(line.key, frozenset())
    for offset, column in enumerate(side.columns):
        if line.blank or column.key in unused:
            yield BodyCell(col + offset, "blank")
        else:
            yield BodyCell(col + offset, "amount", cell=Cell(form_id, line.key, column.key), style=line.style)


# ── rows by functional code ─────────────────────────────────────────────────────────────────────────────────────────
def _lead_leaf(lead: LeadColumn) -> _Leaf:
    return _Leaf(lead.label, lead.path, lead.number_label, lead.width)


def _codes(report: Report, form: Form, form_id: str) -> _Built:
    leaves = [_lead_leaf(lead) for lead in form.lead]
    leaves += [_Leaf(c.label, c.path, _number(form, c), c.width) for c in form.columns]
    numbered = [leaf for leaf in leaves if leaf.number]
    depth = max(len(leaf.path) for leaf in (numbered or leaves)) + 1
    number_row = depth if form.prints_column_numbers else None
    if number_row is None:
        depth = max(len(leaf.path) for leaf in leaves) + 1
    head = list(_merge(leaves, 0, depth, number_row))
    body = [tuple(_code_row(report, form, form_id, row)) for row in report.row_keys(form, form_id)]
    return [leaf.width for leaf in leaves], depth + (number_row is not None), head, body, len(form.lead)


def _code_row(report: Report, form: Form, form_id: str, row: str) -> Iterator[BodyCell]:
    lead = len(form.lead)
    style = "total" if row == TOTAL_ROW else ""
    if row == TOTAL_ROW:
        yield BodyCell(0, "label", form.total_label, lead, row=row, style="total")
    else:
        codes = sum(1 for ld in form.lead if ld.kind != "name")
        yield BodyCell(0, "code", base(row), codes, row=row)
        yield BodyCell(codes, "name", report.rows_of(form_id).name(row), lead - codes, row=row)
    for offset, column in enumerate(form.columns):
        yield BodyCell(lead + offset, "amount", cell=Cell(form_id, row, column.key), style=style)


# ── blocks of economic codes side by side ───────────────────────────────────────────────────────────────────────────
def _blocks(report: Report, form: Form, form_id: str) -> _Built:
    leaves: list[_Leaf] = []
    for block in form.blocks:
        for label, width in zip((block.code_head, block.name_head, block.amount_head), block.widths, strict=True):
            leaves.append(_Leaf(label, (block.head,), "", width))
    head = list(_merge(leaves, 0, 2, None))
    rows = report.rows_of(form_id)
    stacks = [[r for r in rows if form.block_of(r) is block] for block in form.blocks]
    body = []
    for at in range(max(map(len, stacks))):
        cells: list[BodyCell] = []
        for number, stack in enumerate(stacks):
            cells += _block_cells(report, form, form_id, number * 3, stack[at] if at < len(stack) else None)
        body.append(tuple(cells))
    body.append(tuple(_block_totals(form.blocks, form, form_id)))
    return [leaf.width for leaf in leaves], 2, head, body, 0


def _block_cells(report: Report, form: Form, form_id: str, col: int, row: str | None) -> list[BodyCell]:
    if row is None:
        return [BodyCell(col + i, "blank") for i in range(3)]
    style = "total" if len(base(row)) == 3 else ""
    return [
        BodyCell(col, "code", base(row), row=row, style=style),
        BodyCell(col + 1, "name", report.rows_of(form_id).name(row), row=row, style=style),
        BodyCell(col + 2, "amount", cell=Cell(form_id, row, form.columns[0].key), style=style),
    ]


def _block_totals(blocks: Sequence[Block], form: Form, form_id: str) -> Iterator[BodyCell]:
    start = 0
    for number, block in enumerate(blocks):
        end = number * 3 + 2
        if block.total is not None:
            yield BodyCell(start, "label", block.total.label, end - start, style="total")
            yield BodyCell(end, "amount", cell=Cell(form_id, block.total.key, form.columns[0].key), style="total")
            start = end + 1


# ── one row ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _single(report: Report, form: Form, form_id: str) -> _Built:
    leaves = [_Leaf(c.label, c.path, _number(form, c), c.width) for c in form.columns]
    depth = max(len(leaf.path) for leaf in leaves) + 1
    number_row = depth if form.prints_column_numbers else None
    head = list(_merge(leaves, 0, depth, number_row))
    body = [tuple(BodyCell(i, "amount", cell=Cell(form_id, SINGLE_ROW, c.key)) for i, c in enumerate(form.columns))]
    return [leaf.width for leaf in leaves], depth + (number_row is not None), head, body, 0
