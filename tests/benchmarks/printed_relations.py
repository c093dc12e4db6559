"""The relations of the nine forms once more, written from their description and not from the templates.

Whatever the program makes of its templates, amounts that satisfy these add up as the forms are printed. Only the keys
of rows and columns are the program's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell

#: A relation: its name, and (sign, cell) of amounts that add up to nothing.
Sum = tuple[str, list[tuple[int, Cell]]]

_FUNDS = ("general", "fund", "capital")
_INCOME_01 = (*_FUNDS, "superior", "business", "operating", "affiliated", "other")
#: Columns that the total of a row adds up.
_PARTS = {
    "02": ("fiscal", "superior", "business", "operating", "affiliated", "other"),
    "03": ("basic", "project", "to_superior", "operating", "to_affiliated"),
    "05": ("basic", "project"),
    "07": ("basic", "project"),
    "08": ("basic", "project"),
}
#: Form that shows each fund's spending by code.
_FUND_FORMS = {"general": "05", "fund": "07", "capital": "08"}
_PERSONNEL, _PUBLIC = ("301", "303"), ("302", "307", "310", "312", "399")


def sums(report: Report, prefix: str = "") -> Iterator[Sum]:
    """Yield the equalities within one year; ``prefix`` "last." for last year."""
    year = _Year(report, prefix)
    yield from year.summary()
    yield from year.treasury()
    yield from year.by_code()
    yield from year.economic()
    yield from year.three_public()
    yield from year.between()


class _Year:
    """The equalities of one year, form by form."""

    def __init__(self, report: Report, prefix: str) -> None:
        self._report, self._prefix = report, prefix
        sides = report.template.form("01").sides
        self._classes = [ln.key for side in sides for ln in side.lines if ln.key.isdigit()]

    def _cell(self, form: str, row: str, column: str = "amount") -> Cell:
        return Cell(self._prefix + form, row, column)

    def _lines(self, form: str, rows: Iterable[str], column: str = "amount") -> list[Cell]:
        return [self._cell(form, row, column) for row in rows]

    def summary(self) -> Iterator[Sum]:
        """Form 01."""
        lines = self._lines
        yield _equal("01 L27", lines("01", ["income_total"]), lines("01", _INCOME_01))
        yield _equal(
            "01 L31", lines("01", ["grand_income"]), lines("01", ["income_total", "use_of_surplus", "opening"])
        )
        yield _equal("01 L58", lines("01", ["expense_total"]), lines("01", self._classes))
        whole = lines("01", ["expense_total", "surplus_distribution", "closing"])
        yield _equal("01 L62", lines("01", ["grand_expense"]), whole)
        yield _equal("01 L31=L62", lines("01", ["grand_income"]), lines("01", ["grand_expense"]))

    def treasury(self) -> Iterator[Sum]:
        """Form 04."""
        lines = self._lines
        yield _equal("04 L27", lines("04", ["income_total"]), lines("04", _FUNDS))
        yield _equal("04 L28", lines("04", ["opening"]), lines("04", [f"opening_{f}" for f in _FUNDS]))
        yield _equal("04 L32", lines("04", ["grand_income"]), lines("04", ["income_total", "opening"]))
        yield _equal("04 L32=L64", lines("04", ["grand_income"]), lines("04", ["grand_expense"], "total"))
        for column in ("total", *_FUNDS):
            yield _equal(f"04 L59 {column}", lines("04", ["expense_total"], column), lines("04", self._classes, column))
            whole = lines("04", ["expense_total", "closing"], column)
            yield _equal(f"04 L64 {column}", lines("04", ["grand_expense"], column), whole)
        for row in (*self._classes, "expense_total", "closing", "grand_expense"):
            yield _equal(f"04 {row}", [self._cell("04", row, "total")], [self._cell("04", row, f) for f in _FUNDS])
        for fund in _FUNDS:
            whole = lines("04", [fund, f"opening_{fund}"])
            yield _equal(f"04 by fund {fund}", whole, [self._cell("04", "grand_expense", fund)])

    def by_code(self) -> Iterator[Sum]:
        """Forms 02, 03, 05, 07, 08: along the rows and down the codes."""
        for form, parts in _PARTS.items():
            has_opening = self._report.template.form(form).column("opening") is not None
            for row in ("total", *self._report.rows_of(self._prefix + form)):
                yield _equal(
                    f"{form} {row}", [self._cell(form, row, "total")], [self._cell(form, row, c) for c in parts]
                )
                if has_opening:
                    left = [self._cell(form, row, "closing"), self._cell(form, row, "total")]
                    right = [self._cell(form, row, "opening"), self._cell(form, row, "income")]
                    yield _equal(f"{form} c6 {row}", left, right)
            yield from self._hierarchy(form)

    def _hierarchy(self, form: str) -> Iterator[Sum]:
        rows = [*self._report.rows_of(self._prefix + form)]
        below = {"total": [r for r in rows if len(r) == 3]}
        below |= {row: [r for r in rows if r.startswith(row) and len(r) == len(row) + 2] for row in rows}
        for column in self._report.template.form(form).columns:
            for row, parts in below.items():
                if parts:
                    whole, terms = self._lines(form, [row], column.key), self._lines(form, parts, column.key)
                    yield _equal(f"{form} hierarchy {row} {column.key}", whole, terms)

    def economic(self) -> Iterator[Sum]:
        """Form 06."""
        rows = [*self._report.rows_of(self._prefix + "06")]
        for top in (r for r in rows if len(r) == 3):
            below = [r for r in rows if r.startswith(top) and len(r) == 5]
            if below:
                yield _equal(f"06 {top}", self._lines("06", [top]), self._lines("06", below))
        for half, tops in (("personnel", _PERSONNEL), ("public", _PUBLIC)):
            yield _equal(f"06 {half}", self._lines("06", [half]), self._lines("06", [t for t in tops if t in rows]))

    def three_public(self) -> Iterator[Sum]:
        """Form 09."""
        for kind in ("budget", "outturn"):
            whole = [self._cell("09", "row", f"{kind}_{c}") for c in ("abroad", "vehicles", "reception")]
            yield _equal(f"09 {kind}", [self._cell("09", "row", f"{kind}_total")], whole)
            cars = [self._cell("09", "row", f"{kind}_{c}") for c in ("purchase", "running")]
            yield _equal(f"09 {kind} vehicles", [self._cell("09", "row", f"{kind}_vehicles")], cars)

    def between(self) -> Iterator[Sum]:
        """Between the forms."""
        cell, lines = self._cell, self._lines
        yield _equal("01-02 L27", lines("01", ["income_total"]), [cell("02", "total", "total")])
        yield _equal("01-02 fiscal", lines("01", _FUNDS), [cell("02", "total", "fiscal")])
        for kind in _INCOME_01[3:]:
            yield _equal(f"01-02 {kind}", lines("01", [kind]), [cell("02", "total", kind)])
        yield _equal("01-03 L58", lines("01", ["expense_total"]), [cell("03", "total", "total")])
        yield _equal("04-02", lines("04", ["income_total"]), [cell("02", "total", "fiscal")])
        for cls in self._classes:
            yield _equal(f"01-03 {cls}", lines("01", [cls]), [cell("03", cls, "total")])
            for fund, form in _FUND_FORMS.items():
                yield _equal(f"04-{form} {cls}", [cell("04", cls, fund)], [cell(form, cls, "total")])
        for fund, form in _FUND_FORMS.items():
            yield _equal(f"04-01 {fund}", lines("04", [fund]), lines("01", [fund]))
            yield _equal(f"04-{form}", [cell("04", "expense_total", fund)], [cell(form, "total", "total")])
        yield _equal("04-07 L30", lines("04", ["opening_fund"]), [cell("07", "total", "opening")])
        yield _equal("04-07 L2", lines("04", ["fund"]), [cell("07", "total", "income")])
        yield _equal("04-07 L60", [cell("04", "closing", "fund")], [cell("07", "total", "closing")])
        yield _equal("05-06", [cell("05", "total", "basic")], lines("06", ["personnel", "public"]))


def _equal(name: str, left: Iterable[Cell], right: Iterable[Cell]) -> Sum:
    return name, [*((1, c) for c in left), *((-1, c) for c in right)]


def across_years(report: Report) -> Iterator[Sum]:
    """Yield the equalities between the two years; none when nothing is known of last year."""
    if not any(c.form.startswith(LAST) for c in report.amounts):
        return
    yield "01 L29", [(1, Cell("01", "opening", "amount")), (-1, Cell("last.01", "closing", "amount"))]
    for fund in _FUNDS:
        terms = [(1, Cell("04", f"opening_{fund}", "amount")), (-1, Cell("last.04", "closing", fund))]
        yield f"04 opening {fund}", terms
    for row in report.rows_of("07"):
        yield f"07 c1 {row}", [(1, Cell("07", row, "opening")), (-1, Cell("last.07", row, "closing"))]


def off(report: Report, relations: Iterable[Sum]) -> dict[str, int]:
    """Return by how much in 分 relations are off, those only that are off at all."""
    found = {name: value(report, terms) for name, terms in relations}
    return {name: amount for name, amount in found.items() if amount}


def value(report: Report, terms: Sequence[tuple[int, Cell]]) -> int:
    """Return what signed amounts add up to in 分."""
    return sum(sign * report.amounts.get(cell, 0) for sign, cell in terms)
