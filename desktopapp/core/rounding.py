"""Publishing exact amounts in steps of 0.01 万元 so that the published amounts still add up.

The amounts of forms kept in 元 are exact; what is published is each of them rounded to the grain. Plain rounding rounds
every amount by itself and leaves residuals. Controlled rounding takes for each amount its floor or its ceiling so that
every relation that the exact amounts satisfy holds to the last digit. This module says which amounts are free, what
each relation asks of them, what the plan is and how the published report comes from it; choosing is the work of an
integer program (``desktopapp.solver.rounding_solver``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from desktopapp.core.amount import PUBLISHED_GRAIN, format_number, plain_wan, round_to
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import SetField
from desktopapp.core.naming import describe
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, TOTAL_ROW, Cell, Shape

Mode = Literal["plain", "controlled"]
#: Key of ``Report.fields`` under which the plan is kept in the file.
PLAN_FIELD = "rounding"
_PLAN_VERSION = 1
#: Rank of the demands that give way first.
LOWEST_RANK = 3
_TOTAL_STYLES = ("total", "grand")


class RoundingPlanError(ValueError):
    """Raised when a stored plan cannot be read; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Departure:
    """An amount that is not published as plain rounding would have it; all values in 分."""

    cell: Cell
    exact: int
    plain: int
    chosen: int


@dataclass(frozen=True, slots=True)
class RoundingPlan:
    """What to publish for every amount of the forms that are kept finer than ``grain`` 分.

    ``published`` maps these cells to multiples of ``grain`` (0: printed empty). ``departures`` are the amounts that
    differ from plain rounding; ``residuals`` the relations that hold for the exact amounts and are still off by so many
    分 when published (id, left side minus right side). ``pinned`` are the cells that had to keep their plain rounding.
    """

    mode: Mode
    published: Mapping[Cell, int]
    departures: tuple[Departure, ...] = ()
    residuals: tuple[tuple[str, int], ...] = ()
    pinned: tuple[Cell, ...] = ()
    grain: int = PUBLISHED_GRAIN

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON values, amounts in 分."""
        return {
            "version": _PLAN_VERSION,
            "mode": self.mode,
            "grain": self.grain,
            "published": [[*cell, amount] for cell, amount in self.published.items()],
            "departures": [[*d.cell, d.exact, d.plain, d.chosen] for d in self.departures],
            "residuals": [[name, residual] for name, residual in self.residuals],
            "pinned": [list(cell) for cell in self.pinned],
        }

    def command(self) -> SetField:
        """Return the command that keeps the plan in the file, undoable like every other."""
        return SetField(PLAN_FIELD, self.to_json())


def plan_from_json(raw: Any) -> RoundingPlan:
    """Return the plan that ``RoundingPlan.to_json`` wrote; raises RoundingPlanError for anything else."""
    try:
        if raw["version"] != _PLAN_VERSION or raw["mode"] not in ("plain", "controlled"):
            raise ValueError(raw["version"])
        return RoundingPlan(
            mode=raw["mode"],
            published={Cell(str(f), str(r), str(c)): int(a) for f, r, c, a in raw["published"]},
            departures=tuple(
                Departure(Cell(str(f), str(r), str(c)), int(e), int(p), int(ch))
                for f, r, c, e, p, ch in raw["departures"]
            ),
            residuals=tuple((str(name), int(residual)) for name, residual in raw["residuals"]),
            pinned=tuple(Cell(str(f), str(r), str(c)) for f, r, c in raw["pinned"]),
            grain=int(raw["grain"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RoundingPlanError(f"文件里保存的舍入方案读不懂（{error}），请重新进行一次公开金额舍入。") from error


def stored_plan(report: Report) -> RoundingPlan | None:
    """Return the plan that is kept in the report; raises RoundingPlanError when it cannot be read."""
    raw = report.fields.get(PLAN_FIELD)
    return None if raw is None else plan_from_json(raw)


# ── the problem ─────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Choice:
    """One amount that may be published as its floor or its ceiling.

    ``step`` is what departing from plain rounding adds, in grains (+1 or −1); ``cost`` is how far in 分 the departed
    amount would lie from the exact one, always at least half a grain.
    """

    cell: Cell
    exact: int
    plain: int
    step: int
    cost: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What one relation asks: ``Σ sign over departed choices = need`` (``≤ need`` for an inequality), in grains.

    ``terms`` are (number of the choice, sign). ``rank`` says what gives way when not everything can hold: 3 first
    (inequalities and the conditions under which others apply), then 2 (equations that are only expected, such as those
    with last year), last 1 (all other equations).
    """

    relation: str
    rank: int
    op: str
    terms: tuple[tuple[int, int], ...]
    need: int

    def holds(self, departed: Collection[int]) -> bool:
        """Tell whether the relation holds when the given choices depart from plain rounding."""
        value = sum(sign for i, sign in self.terms if i in departed)
        return value == self.need if self.op == "=" else value <= self.need

    def binding(self) -> bool:
        """Tell whether any choice at all could break the relation."""
        return self.op == "=" or sum(sign for _, sign in self.terms if sign > 0) > self.need


@dataclass(frozen=True, slots=True)
class RoundingProblem:
    """The choices and demands of one report, with the plain rounding of every amount."""

    grain: int
    plain: dict[Cell, int]
    choices: tuple[Choice, ...]
    demands: tuple[Demand, ...]
    pinned: tuple[Cell, ...]


def is_finer(report: Report, form_id: str, grain: int = PUBLISHED_GRAIN) -> bool:
    """Tell whether a form keeps amounts finer than they are published."""
    return report.grain(form_id) % grain != 0


def rounding_problem(
    report: Report,
    checker: Checker,
    pins: Collection[Cell] = (),
    grain: int = PUBLISHED_GRAIN,
    inequalities: bool = True,
) -> RoundingProblem:
    """Return what controlled rounding has to decide for the report of a checker.

    Amounts of forms that are kept in ``grain`` already are constants. Relations that the exact amounts violate, or that
    cannot be judged, ask nothing. Last year's amounts are history: they are rounded plainly and stay so.
    """
    plain: dict[Cell, int] = {}
    choices: list[Choice] = []
    number: dict[Cell, int] = {}
    pinned = set(pins)
    finer = {f: is_finer(report, f, grain) for f in {c.form for c in report.amounts}}
    for cell, exact in report.amounts.items():
        if not finer[cell.form]:
            continue
        nearest = plain[cell] = round_to(exact, grain)
        if exact % grain and cell not in pinned and not cell.form.startswith(LAST):
            other = nearest - grain if nearest > exact else nearest + grain
            number[cell] = len(choices)
            choices.append(Choice(cell, exact, nearest, (other - nearest) // grain, abs(other - exact)))
    demands = tuple(_demands(report, checker, plain, choices, number, grain, inequalities))
    return RoundingProblem(grain, plain, tuple(choices), demands, tuple(c for c in plain if c in pinned))


def _demands(
    report: Report,
    checker: Checker,
    plain: Mapping[Cell, int],
    choices: list[Choice],
    number: Mapping[Cell, int],
    grain: int,
    inequalities: bool,
) -> Iterator[Demand]:
    for relation in _satisfied(checker):
        rank = _rank(relation)
        if rank == LOWEST_RANK and not inequalities:
            continue
        terms = tuple((n, sign * choices[n].step) for sign, c in relation.terms if (n := number.get(c)) is not None)
        need, rest = divmod(-_value(relation, report, plain), grain)
        # Constants that are no multiples of the grain cannot be balanced by multiples of it.
        if terms and (not rest or relation.op == "<="):
            demand = Demand(relation.id, rank, relation.op, terms, need)
            if demand.binding():
                yield demand


def _rank(relation: Relation) -> int:
    if not relation.is_equation or relation.kind == "condition":
        return LOWEST_RANK
    return 1 if relation.severity == "error" else 2


def _satisfied(checker: Checker) -> Iterator[Relation]:
    """Yield the relations that hold for the amounts as they are kept, and the conditions that make them apply."""
    seen: set[str] = set()
    for relation in checker.relations():
        if checker.verdict(relation) > Verdict.ROUNDING:
            continue
        yield relation
        for name in relation.when:
            condition = checker.relation(name)
            if condition is not None and name not in seen:
                seen.add(name)
                yield condition


def _value(relation: Relation, report: Report, published: Mapping[Cell, int]) -> int:
    amounts = report.amounts
    return sum(s * (published[c] if c in published else amounts.get(c, 0)) for s, c in relation.terms)


# ── the plan ────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_plan(
    report: Report, checker: Checker, problem: RoundingProblem, departed: Collection[int], mode: Mode
) -> RoundingPlan:
    """Return the plan in which the given choices (by number) depart from plain rounding and all else does not."""
    published = dict(problem.plain)
    departures = []
    for i in sorted(departed):
        choice = problem.choices[i]
        chosen = published[choice.cell] = choice.plain + choice.step * problem.grain
        departures.append(Departure(choice.cell, choice.exact, choice.plain, chosen))
    residuals = tuple(_residuals(report, checker, published))
    return RoundingPlan(mode, published, tuple(departures), residuals, problem.pinned, problem.grain)


def _residuals(report: Report, checker: Checker, published: Mapping[Cell, int]) -> Iterator[tuple[str, int]]:
    """Yield the relations that hold for the amounts kept but not to the last digit for those published."""
    for relation in checker.relations():
        if checker.verdict(relation) > Verdict.ROUNDING:
            continue
        value = _value(relation, report, published)
        if value > 0 or (value < 0 and relation.is_equation):
            yield relation.id, value


def plain_plan(report: Report, checker: Checker, grain: int = PUBLISHED_GRAIN) -> RoundingPlan:
    """Return the plan of plain half-up rounding with the residuals it leaves."""
    return make_plan(report, checker, rounding_problem(report, checker, (), grain, False), (), "plain")


def outdated(report: Report, plan: RoundingPlan) -> tuple[Cell, ...]:
    """Return the cells whose exact amount has changed so much that the plan no longer gives its floor or ceiling."""
    exact = {c: a for c, a in report.amounts.items() if is_finer(report, c.form, plan.grain)}
    wrong = [c for c, a in exact.items() if c not in plan.published or abs(plan.published[c] - a) >= plan.grain]
    gone = [c for c, a in plan.published.items() if a and c not in exact]
    return tuple(wrong + gone)


def published_report(report: Report, plan: RoundingPlan) -> Report:
    """Return a copy of the report with the published amounts, every form in steps of the published grain.

    Nothing in the copy computes itself; the values of its fields are shared, as commands replace them. Amounts that the
    plan does not know or no longer fits are rounded plainly.
    """
    amounts: dict[Cell, int] = {}
    for cell, exact in report.amounts.items():
        if not is_finer(report, cell.form, plan.grain):
            amounts[cell] = exact
            continue
        chosen = plan.published.get(cell)
        if chosen is None or abs(chosen - exact) >= plan.grain:
            chosen = round_to(exact, plan.grain)
        if chosen:
            amounts[cell] = chosen
    grains = {f: g for f, g in report.grains.items() if g % plan.grain == 0}
    if plan.grain != PUBLISHED_GRAIN:
        grains |= {f: plan.grain for f, g in report.grains.items() if g % plan.grain}
    return Report(
        template=report.template,
        year=report.year,
        department=report.department,
        amounts=amounts,
        rows={form: rows.copy() for form, rows in report.rows.items()},
        grains=grains,
        settings=dict(report.settings),
        fields=dict(report.fields),
    )


def total_cells(report: Report) -> frozenset[Cell]:
    """Return the totals that people look at first: the 合计 rows, the closing lines and the block totals."""
    found: set[Cell] = set()
    for form in report.template.forms:
        rows: set[str] = {ln.key for s in form.sides for ln in s.lines if ln.style in _TOTAL_STYLES}
        rows |= {t.key for t in form.totals()}
        if form.shape is Shape.CODES:
            rows.add(TOTAL_ROW)
        found.update(Cell(form.id, row, c.key) for row in rows for c in form.columns_of(row))
    return frozenset(found)


def printed_departures(report: Report, plan: RoundingPlan) -> list[Departure]:
    """Return the adjusted amounts in the order of the forms."""
    order = {f: i for i, f in enumerate(report.form_ids())}
    places = {f: {row: i for i, row in enumerate(report.row_keys(report.template.form(f), f))} for f in order}

    def place(cell: Cell) -> tuple[int, int, int]:
        columns = [c.key for c in report.template.form(cell.form).columns_of(cell.row)]
        return order[cell.form], places[cell.form].get(cell.row, -1), columns.index(cell.col)

    return sorted(plan.departures, key=lambda d: place(d.cell))


def departure_text(report: Report, departure: Departure) -> str:
    """Return one line of the list of adjusted amounts, in 万元."""
    return (
        f"{describe(report, departure.cell)}：准确数 {plain_wan(departure.exact)} 万元，"
        f"四舍五入为 {format_number(departure.plain)}，调整为 {format_number(departure.chosen)}。"
    )


def residual_place(report: Report, relation: Relation) -> str:
    """Return which relation it is: the amount that it states, then what it says."""
    first = relation.target or next((c for _, c in relation.terms), None)
    return f"{describe(report, first)}：{relation.says}" if first is not None else relation.says


def residual_text(report: Report, relation: Relation, residual: int) -> str:
    """Return one line of the list of relations that published amounts do not satisfy to the last digit."""
    off = format_number(abs(residual))
    return f"{residual_place(report, relation)}，舍入后相差 {off} 万元，属于尾数误差。"
