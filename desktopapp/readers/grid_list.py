"""Form 06 where it is one list of codes with a column each for personnel and public expenses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktopapp.readers.grid_columns import HeadColumn, Span
from desktopapp.readers.grid_found import FoundRow
from desktopapp.readers.grid_gather import Gathered
from desktopapp.readers.grid_rows import read_lead
from desktopapp.readers.grid_spec import FormSpec
from desktopapp.readers.grid_words import is_sum
from desktopapp.writers.xlsx_names import original_text

_PERSONNEL_CLASSES = ("301", "303")


@dataclass(frozen=True, slots=True)
class ListColumns:
    """Where the amounts of a list stand: of both kinds together, of personnel and of public expenses."""

    together: Span | None
    personnel: Span
    public: Span


def list_columns(columns: Sequence[HeadColumn]) -> ListColumns | None:
    """Return the columns of a list, None where the form is printed in blocks."""
    personnel = [c.span for c in columns if c.words and c.words[-1].startswith("人员")]
    public = [c.span for c in columns if c.words and ("公用" in c.words[-1] and c.words[-1].endswith("经费"))]
    codes = [c for c in columns if c.words and c.words[-1].endswith(("科目编码", "科目代码", "编码"))]
    if len(personnel) != 1 or len(public) != 1 or len(codes) > 1 or personnel[0] == public[0]:
        return None
    first = min(personnel[0].first, public[0].first)
    together = [c.span for c in columns if c.words and c.words[-1] == "合计" and c.span.last < first]
    return ListColumns(together[-1] if together else None, personnel[0], public[0])


def read_list(gathered: Gathered, spec: FormSpec, columns: ListColumns, body_row: int) -> None:
    """Read codes with their amounts, and both totals from the row of the sum."""
    view, key = gathered.view, spec.form.columns[0].key
    first = min(s.first for s in (columns.together, columns.personnel, columns.public) if s is not None)
    totals = {t.key for t in spec.form.totals()}
    for row in range(body_row, view.height):
        lead = read_lead(view, row, 0, first - 1, spec.levels)
        if lead.code:
            own = columns.personnel if lead.code[:3] in _PERSONNEL_CLASSES else columns.public
            for cell in lead.cells:
                gathered.use(cell)
            row_key = gathered.new_key(lead.code)
            gathered.rows.append(FoundRow(row_key, original_text(lead.name), row))
            gathered.take(row, row_key, {key: columns.together or own})
            _repeats(gathered, row, columns)
            gathered.last_row = row
        elif is_sum(lead.name):
            for cell in lead.cells:
                gathered.use(cell)
            for total, span in (("personnel", columns.personnel), ("public", columns.public)):
                if total in totals:
                    gathered.take(row, total, {key: span})
            _repeats(gathered, row, columns)
            gathered.last_row = row


def _repeats(gathered: Gathered, row: int, columns: ListColumns) -> None:
    """Take the amounts that say the same again as understood."""
    for span in (columns.together, columns.personnel, columns.public):
        if span is not None:
            for cell in gathered.view.starting(row, span.first, span.last):
                gathered.use(cell)
