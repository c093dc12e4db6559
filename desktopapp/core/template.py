"""The printed forms of one region and year, as frozen values.

A template says what a form looks like (sides, lines, columns, header tree, notes) and which relations its amounts must
satisfy. Forms, lines and columns carry *keys* that mean the same in every template, beside the numbers that this
template prints: ``01.income_total`` is 本年收入合计 of the 收入支出决算总表 wherever it stands. Everything that
compares, carries forward or computes uses keys; only screens and documents use the printed numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from desktopapp.core.elsewhere import Elsewhere

#: Prefix of the form id under which last year's amounts are kept.
LAST = "last."
#: Row key of the 合计 row of a form with floating rows.
TOTAL_ROW = "total"
#: Row key of the only row of a form such as 三公.
SINGLE_ROW = "row"


class TemplateError(ValueError):
    """Raised when a template is malformed; names file, key and reason in one sentence."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"模板文件 {file} 的“{key}”有误：{reason}")
        self.file, self.key, self.reason = file, key, reason


class Cell(NamedTuple):
    """Address of one amount: form id, row key and column key.

    The form id is "01" … or, for last year's amounts, "last.01"; the row key is a line key or a classification code.
    """

    form: str
    row: str
    col: str


class Shape(Enum):
    """How the amounts of a form are arranged."""

    TWO_SIDED = "two-sided"
    CODES = "codes"
    BLOCKS = "blocks"
    SINGLE = "single"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of amounts; ``path`` holds the header texts above its own label, outermost first.

    ``role`` "rare" marks a column that holds money only now and then: readers prefer others among equals.
    """

    key: str
    label: str
    no: int | None = None
    path: tuple[str, ...] = ()
    width: int = 24
    role: str = ""


@dataclass(frozen=True, slots=True)
class LeadColumn:
    """A column before the amounts: ``kind`` is "code", "code.class", "code.section", "code.item" or "name"."""

    kind: str
    label: str
    path: tuple[str, ...] = ()
    width: int = 20
    number_label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; a line without ``label`` is printed blank and holds no amounts."""

    key: str
    no: int | None
    label: str
    style: str = ""

    @property
    def blank(self) -> bool:
        """Tell whether the line is printed without a label."""
        return not self.label

    @property
    def is_class(self) -> bool:
        """Tell whether the line stands for a class of the functional classification."""
        return self.key.isdigit()


@dataclass(frozen=True, slots=True)
class Side:
    """One half of a two-sided form: income or expense."""

    key: str
    head: str
    label_head: str
    number_head: str
    label_width: int
    number_width: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    columns_head: str = ""
    #: Line → columns it does not use (for example totals that are printed in one column only).
    unused: dict[str, frozenset[str]] = field(default_factory=dict)

    def columns_of(self, row: str) -> tuple[Column, ...]:
        """Return the columns that a line of this side uses."""
        hidden = self.unused.get(row)
        return tuple(c for c in self.columns if c.key not in hidden) if hidden else self.columns


@dataclass(frozen=True, slots=True)
class BlockTotal:
    """The closing line under the blocks of one half of form 06."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block of economic codes printed side by side with others; ``classes`` are the classes it takes in."""

    key: str
    head: str
    code_head: str
    name_head: str
    amount_head: str
    classes: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    total: BlockTotal | None
    widths: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """One official form."""

    id: str
    mark: str
    title: str
    shape: Shape
    orientation: str
    unit_label: str
    unit_line: str
    notes: tuple[str, ...]
    empty_statement: str
    may_be_empty: bool
    number_head: str
    prints_line_numbers: bool
    prints_column_numbers: bool
    sides: tuple[Side, ...] = ()
    lead: tuple[LeadColumn, ...] = ()
    columns: tuple[Column, ...] = ()
    blocks: tuple[Block, ...] = ()
    total_label: str = ""
    total_first: bool = True
    catalogue: str = ""
    published: bool = True
    usual: frozenset[str] = frozenset()
    rare: frozenset[str] = frozenset()
    # Lookups made once: a report asks for them at every edit.
    _lines: dict[str, tuple[Side, Line]] = field(init=False, repr=False, compare=False)
    _columns: dict[str, Column] = field(init=False, repr=False, compare=False)
    _of_line: dict[str, tuple[Column, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = {ln.key: (side, ln) for side in self.sides for ln in side.lines}
        columns: dict[str, Column] = {}
        for column in self.all_columns():
            columns.setdefault(column.key, column)
        object.__setattr__(self, "_lines", lines)
        object.__setattr__(self, "_columns", columns)
        object.__setattr__(self, "_of_line", {k: s.columns_of(k) for k, (s, ln) in lines.items() if not ln.blank})

    @property
    def called(self) -> str:
        """Return how the form is called in sentences: its printed mark, or its title where no mark is printed."""
        return self.mark or f"《{self.title.replace('{year}年度', '')}》"

    def all_columns(self) -> Iterator[Column]:
        """Yield every column of amounts, sides in order."""
        if self.shape is Shape.TWO_SIDED:
            for side in self.sides:
                yield from side.columns
        else:
            yield from self.columns

    def column(self, key: str) -> Column | None:
        """Return the column with this key."""
        return self._columns.get(key)

    def side_of(self, row: str) -> Side | None:
        """Return the side that prints the line with this key."""
        found = self._lines.get(row)
        return found[0] if found else None

    def line(self, row: str) -> Line | None:
        """Return the printed line with this key."""
        found = self._lines.get(row)
        return found[1] if found else None

    def columns_of(self, row: str) -> tuple[Column, ...]:
        """Return the columns in which a row of this form holds amounts."""
        return self._of_line.get(row, ()) if self.shape is Shape.TWO_SIDED else self.columns

    def fixed_rows(self) -> tuple[str, ...]:
        """Return the keys of the rows that are printed in every report, in printed order."""
        if self.shape is Shape.TWO_SIDED:
            return tuple(ln.key for s in self.sides for ln in s.lines if not ln.blank)
        if self.shape is Shape.BLOCKS:
            return tuple(c for b in self.blocks for c, _ in b.rows) + tuple(b.total.key for b in self.blocks if b.total)
        return (SINGLE_ROW,) if self.shape is Shape.SINGLE else (TOTAL_ROW,)

    def totals(self) -> tuple[BlockTotal, ...]:
        """Return the closing totals of a form in blocks."""
        return tuple(b.total for b in self.blocks if b.total)

    @property
    def has_code_rows(self) -> bool:
        """Tell whether the form has rows by code that come and go."""
        return self.shape is Shape.CODES or self.shape is Shape.BLOCKS

    def is_total_row(self, row: str) -> bool:
        """Tell whether a row of a form with rows by code is one of its totals, which every report prints."""
        if self.shape is Shape.CODES:
            return row == TOTAL_ROW
        return self.shape is Shape.BLOCKS and any(t.key == row for t in self.totals())

    def block_of(self, code: str) -> Block | None:
        """Return the block that takes in an economic code; codes that no block names go to the last one."""
        return next((b for b in self.blocks if code[:3] in b.classes), self.blocks[-1] if self.blocks else None)


@dataclass(frozen=True, slots=True)
class RelationSpec:
    """A relation as declared, not yet expanded against a report.

    ``each`` names what it is repeated for (row, column, line, class, code or nothing) and ``of`` the forms that supply
    them. ``when`` are equations that must hold for the relation to apply at all, ``needs`` the amounts that must be
    filled in, ``setting`` the report setting that must be on. ``computes`` is "left", a term of the relation, or ""
    for none.
    """

    id: str
    kind: str
    severity: str
    holds: str
    says: str
    each: str = ""
    of: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    setting: str = ""
    computes: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class HierarchySpec:
    """Sums down the classification of one form: every parent is the sum of its nearest descendants."""

    id: str
    form: str
    root: str
    says: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """All that is printed, checked and written for one region and year."""

    id: str
    name: str
    region: str
    year: int
    forms: tuple[Form, ...]
    relations: tuple[RelationSpec, ...]
    hierarchies: tuple[HierarchySpec, ...]
    report_title: str
    settings: tuple[tuple[str, str], ...] = ()
    #: What readers know of how other places publish the same forms.
    elsewhere: Elsewhere = field(default_factory=Elsewhere, repr=False, compare=False)
    _by_id: dict[str, Form] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        forms = {f.id: f for f in self.forms}
        object.__setattr__(self, "_by_id", forms | {LAST + i: f for i, f in forms.items()})

    def form(self, form_id: str) -> Form:
        """Return a form by id; last year's forms ("last.01") look like this year's. Raises KeyError."""
        return self._by_id[form_id]

    def has_form(self, form_id: str) -> bool:
        """Tell whether the template declares a form."""
        return form_id in self._by_id
