"""Header columns of a two-sided form that are not published: budgets beside the outturn, a third part of the table.

The ministry's software keeps 收入支出决算总表 with three columns for every amount, and states expenditure twice: by
function, as it is published, and by nature and economic classification.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from desktopapp.core.template import Shape
from desktopapp.readers.grid_spec import FormSpec
from desktopapp.readers.grid_words import head_word

if TYPE_CHECKING:
    from desktopapp.readers.grid_columns import HeadColumn


def published_columns(columns: Sequence[HeadColumn], spec: FormSpec) -> tuple[list[HeadColumn], frozenset[int]]:
    """Return the columns that a two-sided form publishes, and the grid columns of all others; other forms keep all."""
    if spec.shape is not Shape.TWO_SIDED:
        return list(columns), frozenset()
    kept: list[HeadColumn] = []
    for part in _parts(columns, spec):
        kept += _outturn(part, spec)
    left = {id(c) for c in kept}
    foreign = {n for c in columns if id(c) not in left for n in range(c.span.first, c.span.last + 1)}
    return kept, frozenset(foreign)


def _parts(columns: Sequence[HeadColumn], spec: FormSpec) -> Iterator[list[HeadColumn]]:
    """Yield the columns from one column of labels to the next; a part that is not published is left out."""
    starts = [n for n, c in enumerate(columns) if is_label(c, spec)]
    yield list(columns[: starts[0] if starts else len(columns)])
    for at, start in enumerate(starts):
        if not _is_beside(columns[start], spec):
            yield list(columns[start : starts[at + 1] if at + 1 < len(starts) else len(columns)])


def is_label(column: HeadColumn, spec: FormSpec) -> bool:
    """Tell whether a column of a two-sided form holds labels: 项目, 项目（按功能分类）."""
    known, heads = spec.template.elsewhere, {head_word(s.label_head) for s in spec.form.sides}
    own = column.words[-1] if column.words else ""
    named = any(w in own for w in (*known.beside, *known.published))
    return own in heads or (named and any(own.startswith(h) for h in heads))


def _is_beside(column: HeadColumn, spec: FormSpec) -> bool:
    known, own = spec.template.elsewhere, column.words[-1]
    return any(w in own for w in known.beside) and not any(w in own for w in known.published)


def _outturn(part: Sequence[HeadColumn], spec: FormSpec) -> list[HeadColumn]:
    """Return the columns of a part without those of budgets, all of them where no other amounts are left."""
    budgets = [any(b in w for w in c.words for b in spec.template.elsewhere.budgets) for c in part]
    leads = {head_word(w) for s in spec.form.sides for w in (s.label_head, s.number_head) if w}
    amounts = [c for c, budget in zip(part, budgets, strict=True) if not budget and not set(c.words) & leads]
    # The column of labels itself is no amount, whatever it is called.
    amounts = [c for c in amounts if not is_label(c, spec)]
    if not any(budgets) or not amounts:
        return list(part)
    return [c for c, budget in zip(part, budgets, strict=True) if not budget]
