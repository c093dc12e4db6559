"""Recognises a form in a grid of cells, wherever the grid comes from: workbook, Word table, PDF, web page.

Nothing is taken from fixed places. The form is found by its title, mark, header words, line labels and codes; columns
by header words and printed column numbers; rows by code, or by label, line number and order; the unit by the unit line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktopapp.core.amount import Unit
from desktopapp.core.template import Shape, Template
from desktopapp.readers.grid_amounts import looks_numeric
from desktopapp.readers.grid_columns import ColumnMap, Span, find_head, head_columns, map_columns, number_row
from desktopapp.readers.grid_found import RecognisedForm, Remark
from desktopapp.readers.grid_gather import Gathered
from desktopapp.readers.grid_heading import (
    EXACT_TITLE,
    Heading,
    bare_title,
    is_other_title,
    is_title,
    read_heading,
    title_scores,
)
from desktopapp.readers.grid_lines import first_line_row, read_lines
from desktopapp.readers.grid_list import list_columns, read_list
from desktopapp.readers.grid_rows import (
    BlockColumns,
    block_columns,
    first_amount_row,
    first_code_row,
    read_blocks,
    read_codes,
    read_single,
)
from desktopapp.readers.grid_single import arranged_rows, read_arranged
from desktopapp.readers.grid_spec import FormSpec, form_specs
from desktopapp.readers.grid_view import GridView, Rows
from desktopapp.readers.grid_wide import read_wide, wide_form
from desktopapp.readers.grid_words import one_line

#: Title, mark and the like stand in these first rows.
_TOP_ROWS = 15
_COLUMN_WEIGHT, _BODY_WEIGHT = 3.0, 2.0
_ENOUGH = 4.4
#: Forms whose first impression is this much weaker than the best one's are not looked at; half of it beside a title.
_CLOSE = 3.0
_MOST_CANDIDATES = 4
_MOST_LOST = 10
#: So many columns that were left out are named.
_MOST_NAMED = 3
#: Score from which a title was found in the grid itself, and what the name of a sheet counts where there is none.
_TITLE_FOUND, _NAME_SHARE = 3.5, 0.7
_PREFIXES = {"functional": "2", "economic": "3"}


def recognise_grid(
    rows: Rows,
    templates: Sequence[Template],
    *,
    context: Sequence[str] = (),
    unit: Unit = Unit.WAN,
    form: str = "",
) -> RecognisedForm | None:
    """Return the form that a grid holds, None when it holds none of the templates' forms.

    ``rows`` are cells with spans (``sources.model``), ``context`` the lines of text above a table that has no title of
    its own, ``unit`` what to assume where none is printed, ``form`` the id of the form when it is known beforehand.
    """
    view = GridView(rows, context)
    found = [recognise(view, form_specs(t), unit=unit, form=form) for t in templates]
    return max((f for f in found if f is not None), key=lambda f: f.score + f.fit, default=None)


def recognise(
    view: GridView, specs: Sequence[FormSpec], *, unit: Unit, form: str = "", name: str = ""
) -> RecognisedForm | None:
    """Return the form of one template that a view holds.

    ``form`` is its id when known; ``name`` (of a sheet) is believed only where the grid has no title.
    """
    lines = top_lines(view)
    titles = title_scores(lines, specs)
    if not form and max(titles.values(), default=0.0) < _TITLE_FOUND and any(is_other_title(t, specs) for t in lines):
        return _within(view, lines, specs, unit)
    if name and max(titles.values(), default=0.0) < _TITLE_FOUND:
        for form_id, score in title_scores([name], specs).items():
            titles[form_id] = titles.get(form_id, 0.0) + _NAME_SHARE * score
    wanted = [s for s in specs if s.form.id == form] if form else specs
    quick = {s.form.id: titles.get(s.form.id, 0.0) + _first_impression(view, s) for s in wanted}
    best = max(quick.values(), default=0.0)
    margin = _CLOSE / 2 if max(titles.values(), default=0.0) >= _TITLE_FOUND else _CLOSE
    close = sorted((s for s in wanted if quick[s.form.id] >= best - margin), key=lambda s: -quick[s.form.id])
    found: tuple[float, bool, FormSpec, ColumnMap, list[BlockColumns]] | None = None
    for spec in close[:_MOST_CANDIDATES]:
        columns, blocks = _find_columns(view, spec)
        if not columns.spans and not blocks and not _arranged_otherwise(view, spec):
            continue
        score = titles.get(spec.form.id, 0.0) + _COLUMN_WEIGHT * columns.quality + _body_evidence(view, spec)
        if found is None or score > found[0]:
            found = (score, spec.form.id in titles, spec, columns, blocks)
    if found is None or (found[0] < _ENOUGH and not form):
        return None
    return _read(view, *found, unit)


def _within(view: GridView, lines: Sequence[str], specs: Sequence[FormSpec], unit: Unit) -> RecognisedForm | None:
    """Return the form whose amounts are some of the lines of another table; a table of its own counts before it."""
    titles = {bare_title(line) for line in lines}
    spec = next((s for s in specs if titles & s.within), None)
    if spec is None or not _arranged_otherwise(view, spec):
        return None
    columns, blocks = _find_columns(view, spec)
    # What else the table tells is no business of the form's.
    return replace(_read(view, 0.0, True, spec, columns, blocks, unit), leftovers=())


def _arranged_otherwise(view: GridView, spec: FormSpec) -> bool:
    """Tell whether a form without any of its columns is there in another arrangement."""
    if spec.shape is Shape.BLOCKS:
        return wide_form(view, spec) is not None
    return spec.shape is Shape.SINGLE and bool(arranged_rows(view, spec))


def top_lines(view: GridView) -> list[str]:
    """Return the lines of text in which title, mark and unit are sought."""
    return [*view.context, *(c.text for row in view.rows[:_TOP_ROWS] for c in row if c.text and c.number is None)]


def split_forms(view: GridView, specs: Sequence[FormSpec]) -> list[GridView]:
    """Return one view per form where several forms stand below each other on one sheet."""
    starts: list[int] = []
    current = ""
    for row in range(view.height):
        ids = {found for c in view.filled(row) if c.number is None and (found := is_title(c.text, specs))}
        if len(ids) == 1 and (title := ids.pop()) != current:
            starts.append(_with_mark(view, specs, row))
            current = title
    if len(starts) < 2:
        return [view]
    ends = [*(s - 1 for s in starts[1:]), view.height - 1]
    return [
        view.section(first, last, view.context if first == 0 else ()) for first, last in zip(starts, ends, strict=True)
    ]


def _with_mark(view: GridView, specs: Sequence[FormSpec], row: int) -> int:
    """Return the row where a form begins: that of the mark above its title, if it is there."""
    marks = {s.mark for s in specs if s.mark}
    for above in range(row - 1, max(row - 3, -1), -1):
        cells = list(view.filled(above))
        if len(cells) == 1 and view.word(cells[0]) in marks:
            return above
        if cells:
            break
    return row


# ── which form ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _first_impression(view: GridView, spec: FormSpec) -> float:
    labels = {leaf.label for leaf in spec.leaves}
    covered = sum(1 for label in labels if label in view.words) / max(len(labels), 1)
    return _COLUMN_WEIGHT * covered + _body_evidence(view, spec)


def _body_evidence(view: GridView, spec: FormSpec) -> float:
    """Return up to 2 for lines or codes that speak for a form."""
    functional, economic = view.codes
    if spec.shape is Shape.TWO_SIDED:
        keys = [line.keys for side in spec.lines for line in side if not line.blank]
        return _BODY_WEIGHT * sum(1 for k in keys if set(k) & view.label_keys) / max(len(keys), 1)
    if spec.shape is Shape.SINGLE:
        return _BODY_WEIGHT if functional + economic <= 2 else 0.0
    own, other = (functional, economic) if spec.form.catalogue == "functional" else (economic, functional)
    if not own:
        # An empty form is published all the same.
        return _BODY_WEIGHT / 2 if spec.form.may_be_empty and not other else 0.0
    return _BODY_WEIGHT if own >= other else 0.0


# ── where things are ────────────────────────────────────────────────────────────────────────────────────────────────
def _find_columns(view: GridView, spec: FormSpec) -> tuple[ColumnMap, list[BlockColumns]]:
    """Return the columns of a form, and for blocks side by side the blocks in order."""
    body = _body_row(view, spec)
    if body is None:
        body = _behind_head(view, spec)
    first, end = find_head(view, spec, body)
    columns = head_columns(view, spec, first, end)
    if spec.shape is Shape.SINGLE:
        end = first_amount_row(view, spec, end)
    found = map_columns(columns, spec, first, end)
    return found, block_columns(view, columns, spec, end) if spec.shape is Shape.BLOCKS else []


def _body_row(view: GridView, spec: FormSpec) -> int | None:
    if spec.shape is Shape.TWO_SIDED:
        return first_line_row(view, spec, frozenset(spec.line_keys()))
    if spec.shape is Shape.SINGLE:
        return None
    return first_code_row(view, spec, _PREFIXES.get(spec.form.catalogue, ""))


def _behind_head(view: GridView, spec: FormSpec) -> int:
    """Return the row behind the header of a form whose body cannot be told by codes or labels."""
    last = 0
    for row in range(view.height):
        words = [view.word(c) for c in view.filled(row)]
        known = sum(1 for w in words if w in spec.head_words)
        if known >= 2 or (known and known == len(words)):
            last = row + 1
        elif last and row > last + 2:
            break
    numbers = number_row(view, spec, last, min(last + 2, view.height))
    return last if numbers is None else numbers + 1


def _read(
    view: GridView,
    score: float,
    titled: bool,
    spec: FormSpec,
    columns: ColumnMap,
    blocks: list[BlockColumns],
    unit: Unit,
) -> RecognisedForm:
    if spec.shape is Shape.BLOCKS and (wide := wide_form(view, spec)):
        columns = replace(columns, first_row=wide.first_row, body_row=wide.body_row)
    heading = _heading(view, columns)
    assumed = heading.unit or unit
    gathered = Gathered(view, assumed)
    if spec.shape is Shape.TWO_SIDED:
        read_lines(gathered, spec, columns)
    elif spec.shape is Shape.CODES:
        read_codes(gathered, spec, columns)
    elif spec.shape is Shape.BLOCKS:
        _read_economic(gathered, spec, blocks, columns)
    elif arranged := arranged_rows(view, spec):
        read_arranged(gathered, arranged)
        columns = replace(columns, spans={(0, leaf.key): Span(0, 0) for leaf in spec.leaves})
    else:
        read_single(gathered, spec, columns)
    gathered.finish(columns.body_row, "不在表内，或所在的栏不认识")
    if spec.shape is Shape.CODES:
        # Amounts without a column here speak against this template.
        gathered.fit -= min(len(gathered.leftovers), _MOST_LOST)
    gathered.fit += _COLUMN_WEIGHT * columns.quality + (1.0 if score >= EXACT_TITLE else 0.0)
    remarks = [*gathered.remarks, *_remarks(view, spec, columns, heading)]
    return RecognisedForm(
        template=spec.template,
        form_id=spec.form.id,
        score=score,
        titled=titled,
        fit=gathered.fit,
        year=heading.year,
        department=heading.department,
        unit=heading.unit,
        assumed=assumed,
        amounts=tuple(gathered.amounts),
        rows=tuple(gathered.rows),
        leftovers=tuple(gathered.leftovers),
        remarks=tuple(remarks),
        first_row=columns.first_row,
        last_row=max(gathered.last_row, columns.body_row - 1),
    )


def _read_economic(gathered: Gathered, spec: FormSpec, blocks: list[BlockColumns], columns: ColumnMap) -> None:
    """Read a form by economic codes, printed in blocks, as one list, or with a column for each code."""
    if wide := wide_form(gathered.view, spec):
        read_wide(gathered, spec, wide.columns)
        return
    first, end = find_head(gathered.view, spec, columns.body_row)
    found = list_columns(head_columns(gathered.view, spec, first, end)) if len(blocks) <= 1 else None
    if found is not None:
        read_list(gathered, spec, found, columns.body_row)
    else:
        read_blocks(gathered, spec, blocks, columns.body_row)


def _heading(view: GridView, columns: ColumnMap) -> Heading:
    above = [c.text for row in view.rows[: columns.first_row] for c in row if c.text and c.number is None]
    heading = read_heading([*view.context, *above])
    if heading.unit is None:
        # Some forms print the unit in the header (决算数（万元）).
        inside = [c.text for row in view.rows[columns.first_row : columns.body_row] for c in row if c.text]
        heading = Heading(heading.year, heading.department, read_heading(inside).unit, heading.odd_unit)
    return heading


def _remarks(view: GridView, spec: FormSpec, columns: ColumnMap, heading: Heading) -> list[Remark]:
    found = []
    if left_out := _left_out(view, spec, columns):
        listed = "、".join(left_out[:_MOST_NAMED]) + ("等" if len(left_out) > _MOST_NAMED else "")
        found.append(Remark(f"{spec.name}里不公布的栏（{listed}）没有导入。"))
    if heading.odd_unit:
        found.append(Remark(f"{spec.name}的金额单位是“{heading.odd_unit}”，不能读取，请改为元或万元后再导入。"))
    missing = _missing_columns(spec, columns.spans)
    if missing and spec.shape is not Shape.BLOCKS:
        found.append(Remark(f"{spec.name}没有找到这些栏：{'、'.join(missing)}；请核对表头，缺少的数据请补录。"))
    return found


def _left_out(view: GridView, spec: FormSpec, columns: ColumnMap) -> list[str]:
    """Return the headings, by which they are known, of columns that hold amounts and are not published."""
    known = spec.template.elsewhere
    signs = (*known.budgets, *known.unpublished.get(spec.form.id, ()))
    body = range(columns.body_row, view.height)
    head = range(columns.body_row - 1, columns.first_row - 1, -1)
    names: dict[str, None] = {}
    for col in sorted(columns.foreign):
        cells = [view.slots[row][col] for row in head]
        words = [one_line(c.text) for c in cells if c is not None and any(sign in c.text for sign in signs)]
        if words and any((c := view.slots[row][col]) is not None and looks_numeric(c) for row in body):
            names[words[0]] = None
    return list(names)


def _missing_columns(spec: FormSpec, spans: Mapping[tuple[int, str], Span]) -> list[str]:
    labels = {c.key: c.label for c in spec.form.all_columns()}
    return [labels[leaf.key] for leaf in spec.leaves if (leaf.part, leaf.key) not in spans]
