"""The facts of a report: every quantity the text may state, computed from forms and inputs, exact in integers.

Amounts are whole 分, rates exact fractions; they are rounded once, when they are written (``numbers``). What cannot be
stated (a rate against zero, an input nobody filled in) has the value None and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from fractions import Fraction

from desktopapp.core.engine import Changes
from desktopapp.core.naming import describe
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW, Cell, Form
from desktopapp.narrative.definitions import Definitions
from desktopapp.narrative.evaluations import TABLES as EVALUATED
from desktopapp.narrative.evaluations import Evaluations
from desktopapp.narrative.fact_sources import (
    INPUT_ADDRESS,
    LAST_COLUMN,
    LAST_TABLE,
    FactDef,
    FromCells,
    FromColumn,
    FromEvaluation,
    FromInput,
    FromLastYear,
    FromRatio,
    FromRows,
    FromSum,
    FromText,
)
from desktopapp.narrative.factbook import FactBook, FactKind
from desktopapp.narrative.fields import SELFEVAL
from desktopapp.narrative.inputs import FIELD, InputReader, row_of, table_of
from desktopapp.narrative.numbers import NumberStyle, balanced
from desktopapp.narrative.plain import within_sentence

Value = int | Fraction | str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One named quantity.

    Attributes:
        id: dotted name, the same for every template.
        label: what it is, as a noun phrase.
        kind: how it is written.
        value: whole 分 (amount), fraction (rate 0.156 = 15.6 %, number), whole number (count, year), text, or None.
        unit: 万元, %, 个 … as it stands behind the number.
        cells: the amounts it is computed from, this year's and last year's.
        inputs: the input values it is computed from, as table.column or table[key].column.
        reason: why there is no value, a sentence for the user; empty when there is one.
        turns: whether a word such as 增加 or 下降 tells its sign, so that text shows its size only.
        short: what a gap in the text calls it, where the sentence names the rest; the label for "".
    """

    id: str
    label: str
    kind: FactKind
    value: Value
    unit: str
    cells: tuple[Cell, ...] = ()
    inputs: tuple[str, ...] = ()
    reason: str = ""
    turns: bool = False
    short: str = ""

    @property
    def known(self) -> bool:
        """Tell whether the fact can be stated."""
        return self.value is not None

    @property
    def quantity(self) -> int | Fraction:
        """Return the value of a numeric fact, zero when it cannot be stated."""
        return self.value if isinstance(self.value, int | Fraction) else 0


class Facts:
    """The facts of one report, computed when asked for and kept until something they rest on changes."""

    def __init__(self, report: Report, book: FactBook) -> None:
        self.report = report
        self.book = book
        self._expanded: Definitions | None = None
        self._known: dict[str, Fact] = {}
        #: The facts known so far by the cells and input tables they rest on.
        self._by_source: dict[Cell | str, set[str]] = {}
        #: What each of them rested on when it was computed last; totals rest on thousands of cells.
        self._noted: dict[str, tuple[tuple[Cell, ...], tuple[str, ...]]] = {}
        #: The rows of input tables (items[2010301]) that they rest on, by table.
        self._rows_of: dict[str, set[str]] = {}
        self._columns: set[tuple[str, str]] | None = None
        self._forms: frozenset[str] | None = None
        self._shares: dict[tuple[str, int], dict[str, int]] = {}
        self._reader = self.inputs
        self._listed: dict[str, tuple[tuple[str, str], ...]] = {}
        self._evaluations: Evaluations | None = None
        self.refresh()

    @property
    def inputs(self) -> InputReader:
        """Return a reader of the report's input tables as they are now."""
        return InputReader(self.report, self.book.inputs)

    @property
    def reader(self) -> InputReader:
        """Return a reader of the input tables as they were at the last update, which has read them already."""
        return self._reader

    def evaluations(self) -> Evaluations:
        """Return the projects and indicators of self-evaluation as they are now."""
        if self._evaluations is None:
            self._evaluations = Evaluations(self.report, self._reader)
        return self._evaluations

    def refresh(self) -> None:
        """Make everything anew, after rows or input tables changed."""
        self._expanded = None
        self._reader = self.inputs
        self._evaluations = None
        self._listed = self._listing(self._reader)
        self._known.clear()
        self._shares.clear()
        self._by_source.clear()
        self._rows_of.clear()
        self._noted.clear()
        self._columns = self._forms = None

    @property
    def _defs(self) -> Definitions:
        """Return the definitions; made when first asked for, since not every new row is asked about."""
        if self._expanded is None:
            self._expanded = Definitions(self.report, self.book, self.evaluations)
        return self._expanded

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._defs or (isinstance(fact_id, str) and self._input_def(fact_id) is not None)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all facts, in declared order."""
        return tuple(self._defs)

    def general_ids(self) -> tuple[str, ...]:
        """Return the ids of the facts that are of no single code, in declared order."""
        return tuple(d.id for d in self._defs.general())

    def go_on(self) -> None:
        """Do nothing: called between long steps of a check, where a job that was cancelled stops instead."""

    def get(self, fact_id: str) -> Fact:
        """Return a fact; raises KeyError for an id that this report does not have.

        Every value of an input table is a fact as well, under its address: reasons[total].change.
        """
        found = self._known.get(fact_id)
        if found is None:
            definition = self._defs.get(fact_id) or self._input_def(fact_id)
            if definition is None:
                raise KeyError(fact_id)
            found = self._known[fact_id] = self._compute(definition)
            self._note(found)
        return found

    def _note(self, fact: Fact) -> None:
        """Note what a fact rests on."""
        ground = fact.cells, fact.inputs
        if self._noted.get(fact.id) == ground:
            return
        self._noted[fact.id] = ground
        rows = set(map(row_of, fact.inputs))
        sources: list[Cell | str] = [*fact.cells, *rows]
        for source in sources:
            self._by_source.setdefault(source, set()).add(fact.id)
        for row in rows:
            self._rows_of.setdefault(table_of(row), set()).add(row)

    def _input_def(self, address: str) -> FactDef | None:
        found = INPUT_ADDRESS.match(address)
        table = self.book.inputs.get(found["table"]) if found is not None else None
        column = table.column(found["column"]) if found is not None and table is not None else None
        if found is None or table is None or column is None:
            return None
        source = FromInput(table.id, found["key"] or "", column.key)
        key = found["key"] or ""
        row = dict(table.rows).get(key) or row_label(self.report, table.of, key)
        kind: FactKind = "text" if column.kind == "choice" else column.kind
        return FactDef(address, f"{row}{column.label}", kind, column.unit, source)

    def find(self, fact_id: str) -> Fact | None:
        """Return a fact or None."""
        return self._known.get(fact_id) or (self.get(fact_id) if fact_id in self else None)

    def all(self) -> Iterator[Fact]:
        """Yield every fact in declared order."""
        return map(self.get, tuple(self._defs))

    def matching(self, head: str, tail: str = "") -> list[Fact]:
        """Return the facts whose ids begin and end like this, such as item[…].budget, in order."""
        return [self.get(i) for i in self.ids_like(head, tail)]

    def ids_like(self, head: str, tail: str = "") -> list[str]:
        """Return the ids that begin and end like this, in order."""
        return list(dict.fromkeys(self._defs.matching(head, tail)))

    # ── what an edit touches ────────────────────────────────────────────────────────────────────────────────────
    def affected_by(self, cells: Iterable[Cell], inputs: Iterable[str] = ()) -> set[str]:
        """Return the ids of the facts known so far that rest on any of the cells, input tables or rows of them."""
        index = self._by_source
        touched: set[str] = set()
        for cell in cells:
            touched |= index.get(cell, set())
        for table in inputs:
            for row in {table, *self._rows_of.get(table, ())}:
                touched |= index.get(row, set())
        return touched

    def _changed_rows(self, tables: Iterable[str], before: InputReader) -> set[str]:
        """Return the rows that are others than before, with their tables; all rows where a table does not tell."""
        found = set(tables)
        for table in tables:
            if table in self.book.inputs:
                rows = self._reader.rows_changed(table, before)
                found |= self._rows_of.get(table, set()) if rows is None else rows
            else:
                found |= self._rows_of.get(table, set())
        return found

    def update(self, changes: Changes) -> set[str]:
        """Take over what a command changed; return the ids of the facts known before that may have another value."""
        tables = {f.removeprefix(FIELD) for f in changes.fields if f.startswith(FIELD) or f == SELFEVAL}
        reader = self._reader
        if tables:
            self._reader = reader.without(tables)
        listed = tables and self._listing(self._reader) != self._listed
        if not tables.isdisjoint(EVALUATED) and self._evaluations is not None:
            before, self._evaluations = self._evaluations.listing(), None
            listed = listed or self.evaluations().listing() != before
        if changes.everything or changes.head or changes.rows or listed:
            known = set(self._known)
            self.refresh()
            return known
        if self._fill(changes):
            # A form that was empty answers for all of its facts, a column for those of its total.
            known = set(self._known)
            self._known.clear()
            self._shares.clear()
            return known
        touched = self.affected_by(changes.cells)
        for row in self._changed_rows(tables, reader):
            touched |= self._by_source.get(row, set())
        for fact_id in touched:
            self._known.pop(fact_id, None)
        if touched:
            self._shares.clear()
        return touched

    def _listing(self, reader: InputReader) -> dict[str, tuple[tuple[str, str], ...]]:
        """Return the rows of the input tables that decide which facts there are."""
        specs = self.book.facts
        tables = {s.also for s in specs if s.also} | {s.of for s in specs if s.each == "input"}
        return {t: reader.listing(t) for t in tables}

    def _fill(self, changes: Changes) -> bool:
        """Keep the columns that hold any amount; tell whether they are others now."""
        filled = self._columns
        if filled is None:
            return False
        emptied = {(c.form, c.col) for c, (amount, _) in changes.cells.items() if amount is None}
        added = {(c.form, c.col) for c, (amount, _) in changes.cells.items() if amount is not None}
        gone = {at for at in (emptied - added) & filled if not any((c.form, c.col) == at for c in self.report.amounts)}
        differs = bool(added - filled or gone)
        filled |= added
        filled -= gone
        self._forms = None
        return differs

    # ── computing ───────────────────────────────────────────────────────────────────────────────────────────────
    def _compute(self, d: FactDef) -> Fact:
        match d.source:
            case FromText(text):
                value = int(text) if d.kind == "year" else text or None
                return self._fact(d, value, reason=f"“{d.label}”尚未填写。")
            case FromCells(terms):
                return self._of_cells(d, terms)
            case FromLastYear():
                return self._last_year(d, d.source)
            case FromInput():
                return self._input(d, d.source)
            case FromColumn() | FromRows():
                return self._column(d, d.source)
            case FromSum():
                return self._total(d, d.source)
            case FromRatio():
                return self._ratio(d, d.source)
            case FromEvaluation(project, indicator, part):
                found, inputs = self.evaluations().value(project, indicator, part)
                return self._fact(d, found, (), inputs, f"绩效自评中的“{d.label}”尚未填写。")

    def _fact(
        self, d: FactDef, value: Value, cells: tuple[Cell, ...] = (), inputs: tuple[str, ...] = (), reason: str = ""
    ) -> Fact:
        why = "" if value is not None else reason
        return Fact(d.id, d.label, d.kind, value, d.unit, cells, inputs, why, d.turns, d.short)

    def _of_cells(self, d: FactDef, terms: tuple[tuple[int, Cell], ...]) -> Fact:
        cells = tuple(c for _, c in terms)
        blank = self._blank_form(cells)
        if blank is not None:
            return self._fact(d, None, cells, reason=f"{blank.called}尚未填写。")
        total = next((c for c in cells if c not in self.report.amounts and self._is_blank_total(c)), None)
        if total is not None:
            return self._fact(d, None, cells, reason=f"{describe(self.report, total)}尚未填写。")
        return self._fact(d, self._sum(terms), cells)

    def _blank_form(self, cells: tuple[Cell, ...]) -> Form | None:
        """Return a form of the cells that nobody has filled in yet, so that its blanks say nothing.

        A form that many departments have nothing for (government funds, the three public expenses) says zero when it
        is blank, once any other form is filled in.
        """
        filled, template = self.filled_forms(), self.report.template
        blank = [template.form(f) for f in dict.fromkeys(c.form for c in cells) if f not in filled]
        if not blank or (all(f.may_be_empty for f in blank) and any(f.id in filled for f in template.forms)):
            return None
        return blank[0]

    def _is_blank_total(self, cell: Cell) -> bool:
        """Tell whether an empty cell is a total of amounts that are there: it was forgotten, it is no zero."""
        line = next(
            (ln for s in self.report.template.form(cell.form).sides for ln in s.lines if ln.key == cell.row), None
        )
        if cell.row != TOTAL_ROW and (line is None or not line.style):
            return False
        return (cell.form, cell.col) in self._filled_columns()

    def _sum(self, terms: tuple[tuple[int, Cell], ...]) -> int:
        return sum(sign * self.report.amounts.get(cell, 0) for sign, cell in terms)

    def _last_year(self, d: FactDef, source: FromLastYear) -> Fact:
        """A typed amount counts before last year's forms: offices restate last year after a reorganisation."""
        cells, inputs = tuple(c for _, c in source.terms), (f"{LAST_TABLE}[{source.typed}].{LAST_COLUMN}",)
        typed = self._reader.value(LAST_TABLE, source.typed, LAST_COLUMN) if LAST_TABLE in self.book.inputs else None
        if typed is not None:
            return self._fact(d, typed, cells, inputs)
        # A sum needs all its forms: with one of them missing it would name a part for the whole.
        wanted = {c.form for c in cells}
        if wanted and wanted <= self.filled_forms():
            return self._fact(d, self._sum(source.terms), cells, inputs)
        return self._fact(d, None, cells, inputs, f"没有“{d.label}”：请导入上年决算，或在“上年决算数”中录入。")

    def published_last_year(self, fact_id: str) -> int:
        """Return what last year's forms say of a fact, in 分, whatever was typed for it; raises KeyError."""
        source = self._defs[f"{fact_id}.last"].source
        return self._sum(source.terms) if isinstance(source, FromLastYear) else 0

    def filled_forms(self) -> Set[str]:
        """Return the forms, this year's and last year's, that hold any amount."""
        if self._forms is None:
            self._forms = frozenset(form for form, _ in self._filled_columns())
        return self._forms

    def _filled_columns(self) -> set[tuple[str, str]]:
        """Return (form, column) of every column that holds any amount; looked through once, then kept up to date."""
        if self._columns is None:
            self._columns = {(cell.form, cell.col) for cell in self.report.amounts}
        return self._columns

    def _input(self, d: FactDef, source: FromInput) -> Fact:
        address = f"{source.table}[{source.key}].{source.column}" if source.key else f"{source.table}.{source.column}"
        value = self._reader.value(source.table, source.key, source.column)
        if value is None and source.otherwise in self._defs:
            other = self.get(source.otherwise)
            return self._fact(d, other.value, other.cells, (address, *other.inputs), other.reason)
        table = self.book.inputs[source.table]
        return self._fact(d, value, (), (address,), f"“{table.title}”中的“{d.label}”尚未录入。")

    def _column(self, d: FactDef, source: FromColumn | FromRows) -> Fact:
        without, reader = dict(source.without), self._reader
        title = self.book.inputs[source.table].title
        if isinstance(source, FromRows):
            rows = [r for r in reader.rows(source.table) if not any(r.get(k) == v for k, v in without.items())]
            return self._fact(d, len(rows) or None, (), (f"{source.table}.",), f"“{title}”中没有内容。")
        values = list(reader.values(source.table, source.column, without))
        inputs = (f"{source.table}.{source.column}",)
        if not values or any(v is None for v in values):
            return self._fact(d, None, (), inputs, f"“{title}”中的“{d.label}”没有填全。")
        return self._fact(d, sum(values), (), inputs)

    def _total(self, d: FactDef, source: FromSum) -> Fact:
        parts = [(sign, self.find(i)) for sign, i in source.terms]
        found = [(sign, f) for sign, f in parts if f is not None]
        cells = tuple(dict.fromkeys(c for _, f in found for c in f.cells))
        inputs = tuple(dict.fromkeys(i for _, f in found for i in f.inputs))
        unknown = next((f for _, f in found if not f.known), None)
        if unknown is not None or not found:
            reason = unknown.reason if unknown is not None else f"没有可以汇总为“{d.label}”的数据。"
            return self._fact(d, None, cells, inputs, reason)
        return self._fact(d, sum((sign * f.quantity for sign, f in found), start=0), cells, inputs)

    def _ratio(self, d: FactDef, source: FromRatio) -> Fact:
        top, bottom = self.find(source.top), self.find(source.bottom)
        if top is None or bottom is None:
            return self._fact(d, None, reason=f"本套报表没有计算“{d.label}”所需的数据。")
        cells = tuple(dict.fromkeys(top.cells + bottom.cells))
        inputs = tuple(dict.fromkeys(top.inputs + bottom.inputs))
        if not top.known or not bottom.known:
            return self._fact(d, None, cells, inputs, top.reason or bottom.reason)
        if bottom.quantity == 0:
            return self._fact(d, None, cells, inputs, f"“{bottom.label}”为零，不能计算“{d.label}”。")
        return self._fact(d, Fraction(top.quantity) / Fraction(bottom.quantity), cells, inputs)

    # ── in words ────────────────────────────────────────────────────────────────────────────────────────────────
    def written(self, fact_id: str, style: NumberStyle) -> str:
        """Return a fact as text writes it, without its unit except %; "" when it cannot be stated."""
        fact = self.get(fact_id)
        definition = self._defs.get(fact_id)
        family = definition.family if definition is not None else ""
        if style.balance_shares and family and fact.kind == "rate" and fact.known:
            return style.percentage(self._balanced(family, style.rate_places)[fact_id])
        return write(fact, style)

    def _balanced(self, family: str, places: int) -> dict[str, int]:
        found = self._shares.get((family, places))
        if found is None:
            members = [d.id for d in self._defs.of_family(family) if d.kind == "rate"]
            values = {i: v for i in members if isinstance(v := self.get(i).value, Fraction)}
            steps = balanced(list(values.values()), places)
            found = self._shares[family, places] = dict(zip(values, steps, strict=True))
        return found

    def how(self, fact_id: str) -> str:
        """Return in words where a fact comes from: cells by name, or a formula of other facts."""
        definition = self._defs.get(fact_id) or self._input_def(fact_id)
        if definition is None:
            raise KeyError(fact_id)
        source = definition.source
        match source:
            case FromCells(terms):
                return _signed((s, describe(self.report, c)) for s, c in terms)
            case FromLastYear(terms):
                return _signed((s, describe(self.report, c)) for s, c in terms) or "“上年决算数”中录入的金额"
            case FromInput(table, _, column):
                spec = self.book.inputs[table]
                found = spec.column(column)
                return f"“{spec.title}”中录入的“{found.label if found else column}”"
            case FromColumn(table):
                return f"“{self.book.inputs[table].title}”各行之和"
            case FromRows(table):
                return f"“{self.book.inputs[table].title}”的行数"
            case FromSum(parts):
                return _signed((s, self._label(i)) for s, i in parts) or "各项之和"
            case FromRatio(top, bottom):
                return f"{self._label(top)} ÷ {self._label(bottom)}"
            case FromEvaluation():
                table = table_of(next(iter(self.get(fact_id).inputs), ""))
                return f"“{self.book.inputs[table].title}”" if table in self.book.inputs else "绩效自评表"
            case FromText():
                return "封面信息"

    def _label(self, fact_id: str) -> str:
        found = self._defs.get(fact_id)
        return found.label if found is not None else fact_id


def row_label(report: Report, form_id: str, code: str) -> str:
    """Return the name of a form's row, "" where there is no such row."""
    if not form_id or not report.template.has_form(form_id) or code not in report.rows_of(form_id):
        return ""
    return report.rows_of(form_id).name(code)


def write(fact: Fact, style: NumberStyle) -> str:
    """Return a fact as text writes it: changes by their size only, rates with %, other units left to the sentence."""
    value = fact.value
    if value is None:
        return ""
    if isinstance(value, str):
        return within_sentence(value)
    if fact.turns and value < 0:
        value = -value
    match fact.kind:
        case "amount":
            return style.amount(int(value))
        case "rate":
            return style.rate(Fraction(value))
        case "number":
            return style.number(Fraction(value))
        case "year":
            return str(value)
        case _:
            return style.count(int(value))


def _signed(terms: Iterable[tuple[int, str]]) -> str:
    return "".join((" − " if sign < 0 else " ＋ ") + name for sign, name in terms).removeprefix(" ＋ ").strip()
