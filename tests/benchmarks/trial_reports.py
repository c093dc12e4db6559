"""Reports in which slips are planted: generated ones and published ones, as printed and kept in 元."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from desktopapp import jobs
from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.template import Cell, Template
from desktopapp.solver.program import Program
from tests.conftest import ROOT
from tests.generators import TEMPLATES, exact_report, published_report, the_book, the_template
from tests.planting import violated

#: Printed amounts stand for any exact one nearer than this, in 分.
_NEAREST = PUBLISHED_GRAIN // 2 - 1
#: What was printed may be wrong by a little more.
_FARTHEST = 4 * PUBLISHED_GRAIN
#: Published reports that exist as JSON.
_PUBLISHED = ("000", "001")


def generated(seed: int, rows: int) -> Report:
    """Return the published report of a seed, of the templates in turn; every other one without last year's amounts."""
    return published_report(seed, _template(seed), rows, last_year=seed % 8 < 4)


def generated_exact(seed: int, rows: int) -> Report:
    """Return the same report kept in 元."""
    return exact_report(seed, _template(seed), rows, last_year=seed % 8 < 4)


def generated_blank(seed: int, rows: int) -> Report:
    """Return the published report with the totals of forms 01 and 04 left blank, as some offices print them."""
    report = generated(seed, rows)
    blank = [Cell("01", row, "amount") for row in ("income_total", "expense_total")]
    blank += [Cell("04", "expense_total", column) for column in ("total", "general")]
    for cell in blank:
        report.amounts.pop(cell, None)
    return report


def _template(seed: int) -> Template:
    return the_template(TEMPLATES[seed % len(TEMPLATES)])


def printed(seed: int, rows: int) -> Report:
    """Return a published report as it was printed."""
    return _seed(_PUBLISHED[seed % len(_PUBLISHED)]).copy()


def kept(seed: int, rows: int) -> Report:
    """Return a published report kept in 元: exact amounts made up within what was printed, with which all adds up."""
    return _invented(_PUBLISHED[seed % len(_PUBLISHED)], seed // len(_PUBLISHED) % 5).copy()


@cache
def _seed(name: str) -> Report:
    folder = Path(os.environ.get("JUESUAN_SHARED") or ROOT.parent / "shared")
    return jobs.import_json(folder / "expected" / f"{name}.json", None, None)


@cache
def _invented(name: str, variant: int) -> Report:
    report = _seed(name).copy()
    _fill_blank_totals(report)
    rng = Random(f"{name}/{variant}")
    checker = Checker(report, the_book(report.template.id))
    cells = sorted(report.amounts)
    program = Program()
    number = {cell: program.column(2 * _FARTHEST) for cell in cells}
    costs = [0] * len(cells)
    for cell in cells:
        # As near as possible to an amount drawn by chance within what was printed.
        drawn = _FARTHEST + rng.randint(-_NEAREST, _NEAREST)
        over, under = program.column(4 * _FARTHEST), program.column(4 * _FARTHEST)
        costs += [1, 1]
        program.row(drawn, drawn, [(number[cell], 1), (over, -1), (under, 1)])
    for relation in checker.relations():
        if relation.is_equation and relation.severity == "error" and checker.verdict(relation) <= Verdict.VIOLATED:
            terms = [(number[c], s) for s, c in relation.terms if c in number]
            need = -checker.residual(relation) + _FARTHEST * sum(s for _, s in terms)
            program.row(need, need, terms)
    answer = program.minimise(costs)
    assert answer is not None, name
    for cell in cells:
        report.amounts[cell] += answer.values[number[cell]] - _FARTHEST
    report.grains = {form.id: EXACT_GRAIN for form in report.template.forms}
    assert not violated(Engine(report, the_book(report.template.id)).checker), name
    return report


def _fill_blank_totals(report: Report) -> None:
    """Fill in the totals that were printed blank with what their own relations say."""
    book = the_book(report.template.id)
    while blank := sorted(c for c in _cells(Checker(report, book)) if Checker(report, book).blank_total(c)):
        relation = Checker(report, book).definer(blank[0])
        assert relation is not None
        own = next(s for s, c in relation.terms if c == blank[0])
        report.amounts[blank[0]] = -own * sum(s * report.amounts.get(c, 0) for s, c in relation.terms)


def _cells(checker: Checker) -> set[Cell]:
    return {c for r in checker.relations() for _, c in r.terms}


#: Name of a source → (seed, rows) → report.
SOURCES: dict[str, Callable[[int, int], Report]] = {
    "published": generated,
    "exact": generated_exact,
    "blank": generated_blank,
    "printed": printed,
    "kept": kept,
}
