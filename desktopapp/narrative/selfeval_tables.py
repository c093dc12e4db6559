"""Self-evaluation forms as tables of the document: head, execution, goals, indicators with merged groups, causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.performance.scoring import POINT
from desktopapp.core.performance.selfeval import Execution, FormKind, Fund, Goal, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_stored
from desktopapp.core.report import Report
from desktopapp.narrative.document import CellKind, Table, TableCell
from desktopapp.narrative.fields import SELFEVAL
from desktopapp.narrative.numbers import half_up, plain_decimal
from desktopapp.narrative.selfeval_layouts import FormLayout

#: Report field with the forms, a list of ``selfeval_json`` dictionaries.
FIELD = SELFEVAL
_TEXTS = ("name", "remark")
_TICKED = ("category", "attribute", "project_type")
_Row = tuple[TableCell, ...]


def stored_forms(report: Report) -> tuple[SelfEvaluation, ...]:
    """Return the self-evaluation forms of a report, those of the whole department first, without unreadable ones."""
    found: list[SelfEvaluation] = []
    raw = report.fields.get(FIELD)
    for data in raw if isinstance(raw, list) else []:
        try:
            found.append(from_stored(data))
        except SelfEvalFormatError:
            continue
    return tuple(sorted(found, key=lambda f: f.kind is not FormKind.DEPARTMENT))


def form_title(form: SelfEvaluation, year: int, labels: Mapping[str, str]) -> str:
    """Return the title of a form."""
    return labels[f"title_{form.kind.value}"].format(year=year, name=form.head.name)


def form_table(form: SelfEvaluation, year: int, layout: FormLayout) -> Table:
    """Return the table of a form in a layout."""
    return _Printer(form, layout).table(year)


class _Printer:
    """Lays one form out; every row fills ``layout.width`` columns."""

    def __init__(self, form: SelfEvaluation, layout: FormLayout) -> None:
        self._form, self._layout, self._labels = form, layout, layout.labels
        self._rest = layout.width - 1

    def table(self, year: int) -> Table:
        body = [*self._head(), *self._execution(), *self._goals(), *self._total(), *self._foot()]
        kinds: list[CellKind] = ["text" if c in _TEXTS else "centre" for c in self._layout.columns]
        notes = tuple(n for n in (self._labels.get("note", ""),) if n)
        title = form_title(self._form, year, self._labels)
        return Table(title, (), tuple(body), self._layout.widths, ("centre", *kinds), notes=notes)

    # ── head ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _head(self) -> Iterator[_Row]:
        form, labels, head = self._form, self._labels, self._form.head
        yield _label(labels[f"name_{form.kind.value}"]), TableCell(head.name, colspan=self._rest)
        if form.kind is FormKind.DEPARTMENT:
            yield from self._totals()
            return
        left = self._rest // 2
        if "authority" in self._layout.head:
            yield (
                _label(labels["authority"]),
                TableCell(head.authority, left),
                _label(labels["implementer"]),
                TableCell(head.implementer, self._rest - 1 - left),
            )
        for key in _TICKED:
            options = [o for o in labels.get(f"{key}_options", "").split("|") if o]
            chosen = getattr(head, key)
            if chosen or (options and key in self._layout.head):
                yield _label(labels[key]), TableCell(_ticked(options, chosen), self._rest)

    def _totals(self) -> Iterator[_Row]:
        """基本支出总额 and 项目支出总额 of a department."""
        execution, labels = self._form.execution, self._labels
        if execution.basic_total is None and execution.project_total is None:
            return
        left = (self._rest - 2) // 2
        yield (
            _label(labels["basic_total"], 2),
            TableCell(_wan(execution.basic_total), left, kind="centre"),
            _label(labels["project_total"]),
            TableCell(_wan(execution.project_total), self._rest - 2 - left, kind="centre"),
        )

    # ── execution ───────────────────────────────────────────────────────────────────────────────────────────────
    def _execution(self) -> Iterator[_Row]:
        labels, columns = self._labels, self._layout.execution
        execution, room = self._form.execution, self._rest - 2
        spans = [room // len(columns) + (at < room % len(columns)) for at in range(len(columns))]
        funds = printed_funds(execution, self._layout)
        title = labels["execution"].format(points=_points(execution.weight))
        heads = [_label(labels[_EXECUTION_HEADS.get(key, key)], span) for key, span in zip(columns, spans, strict=True)]
        yield _label(title, rowspan=2 + len(funds)), _label("", 2), *heads
        values = _execution_values(execution)
        cells = [TableCell(values[key], span, kind="centre") for key, span in zip(columns, spans, strict=True)]
        yield _label(labels[f"funds_{self._form.kind.value}"], 2), *cells
        for fund in funds:
            amounts = {"initial": fund.initial, "budget": fund.budget, "executed": fund.executed}
            texts = [_wan(amounts.get(key)) for key in columns]
            cells = [TableCell(text, span, kind="centre") for text, span in zip(texts, spans, strict=True)]
            yield _label(fund.name, 2), *cells

    # ── goals and indicators ────────────────────────────────────────────────────────────────────────────────────
    def _goals(self) -> Iterator[_Row]:
        numbered = {g.number: g for g in self._form.goals}
        for number in dict.fromkeys([*numbered, *(i.goal for i in self._form.indicators)]):
            goal = numbered.get(number)
            if goal is not None and (goal.text or goal.done):
                yield from self._goal(goal)
            own = [i for i in self._form.indicators if i.goal == number]
            if own:
                yield from self._indicators(own, number)

    def _goal(self, goal: Goal) -> Iterator[_Row]:
        labels, number = self._labels, goal.number
        head = labels["goal_n"].format(n=number) if number else labels["goal"]
        head = self._weighted(head, goal.weight)
        if "done" not in self._layout.goal and not goal.done:
            yield _label(head), TableCell(goal.text, self._rest)
            return
        left = (self._rest + 1) // 2
        text, done = labels.get("goal_text", labels["goal"]), labels.get("goal_done", labels["actual"])
        yield _label(head, rowspan=2), _label(text, left), _label(done, self._rest - left)
        yield TableCell(goal.text, left), TableCell(goal.done, self._rest - left)

    def _indicators(self, own: Sequence[Indicator], goal: int) -> Iterator[_Row]:
        labels = self._labels
        weight = None if "weight" in self._layout.columns else self._form.goal_weight(goal)
        side = _label(self._weighted(labels["indicators"], weight), rowspan=len(own) + 1)
        yield side, *(_label(labels[_COLUMN_HEADS.get(key, key)]) for key in self._layout.columns)
        for level1, in_first in groupby(own, key=lambda i: i.level1):
            firsts = list(in_first)
            head1: tuple[TableCell, ...] = (self._group(level1, "", goal, len(firsts)),)
            for level2, in_second in groupby(firsts, key=lambda i: i.level2):
                seconds = list(in_second)
                head2: tuple[TableCell, ...] = (self._group(level1, level2, goal, len(seconds)),)
                for indicator in seconds:
                    yield head1 + head2 + self._cells(indicator)
                    head1 = head2 = ()

    def _group(self, level1: str, level2: str, goal: int, rows: int) -> TableCell:
        groups = self._form.groups
        printed = next((g for g in groups if g.goal == goal and g.level1 == level1 and g.level2 == level2), None)
        text = self._weighted(level2 or level1, printed.weight if printed else None)
        return TableCell(text, rowspan=rows, kind="centre")

    def _cells(self, line: Indicator) -> tuple[TableCell, ...]:
        columns, unit = self._layout.columns[2:], line.unit
        name = line.name if "weight" in columns else self._weighted(line.name, line.weight)
        values = {
            "name": f"{name}（{unit}）" if unit and unit not in name and "unit" not in columns else name,
            "unit": unit,
            "target": line.target,
            "actual": line.actual,
            "weight": _points(line.weight),
            "score": _points(line.score),
            "remark": line.remark,
        }
        return tuple(TableCell(values[key], kind="text" if key in _TEXTS else "centre") for key in columns)

    def _weighted(self, text: str, weight: int | None) -> str:
        return text if weight is None else text + self._labels["weight"].format(points=_points(weight))

    # ── below ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _total(self) -> Iterator[_Row]:
        form, columns = self._form, self._layout.columns
        total = form.total if form.total is not None else form.computed_total()
        if total is None or "score" not in columns:
            return
        if "weight" not in columns:
            yield _label(self._labels["total"]), TableCell(_points(total), colspan=self._rest, kind="centre")
            return
        weights = form.indicator_weight()
        values = {
            "weight": _points(None if weights is None else weights + form.execution.weight),
            "score": _points(total),
        }
        first = columns.index("weight")
        cells = [TableCell(values.get(key, ""), kind="centre") for key in columns[first:]]
        yield _label(self._labels["total"], first + 1), *cells

    def _foot(self) -> Iterator[_Row]:
        for key, text in (("causes", self._form.causes), ("measures", self._form.measures)):
            if text or key in self._layout.foot:
                yield _label(self._labels[key]), TableCell(text, colspan=self._rest)


#: Where the label of a column has another key: "weight" is how a weight is written behind a name.
_EXECUTION_HEADS = {"weight": "weight_head"}
_COLUMN_HEADS = {"name": "level3", "weight": "weight_head"}


def column_head(key: str, labels: Mapping[str, str]) -> str:
    """Return the printed head of a column of the indicators."""
    return labels[_COLUMN_HEADS.get(key, key)]


def printed_funds(execution: Execution, layout: FormLayout) -> tuple[Fund, ...]:
    """Return the rows below the total: those that the form has, else the layout's, empty."""
    return execution.funds or tuple(Fund(name) for name in layout.funds)


def _execution_values(execution: Execution) -> dict[str, str]:
    ratio = execution.ratio()
    rate = "" if ratio is None else plain_decimal(half_up(ratio * 100, 2), 2, False, trim=True) + "%"
    return {
        "initial": _wan(execution.initial),
        "budget": _wan(execution.budget),
        "executed": _wan(execution.executed),
        "weight": _points(execution.weight),
        "rate": execution.rate or rate,
        "score": _points(execution.score if execution.score is not None else execution.computed_score()),
    }


def _label(text: str, colspan: int = 1, rowspan: int = 1) -> TableCell:
    return TableCell(text, colspan, rowspan, head=True, kind="centre")


def _points(value: int | None) -> str:
    return "" if value is None else plain_decimal(value * 100 // POINT, 2, False, trim=True)


def _wan(fen: int | None) -> str:
    return "" if fen is None else plain_decimal(fen * 100 // FEN_PER_WAN, 2, True, trim=True)


def _ticked(options: Sequence[str], chosen: str) -> str:
    """Return the options in a row with the chosen one ticked; the text itself where it is none of them."""
    bare = [o.removesuffix("项目") for o in options]
    if not chosen or not any(chosen.removesuffix("项目") == b for b in bare):
        return chosen
    return "　".join(
        f"{n}、{o}{'☑' if chosen.removesuffix('项目') == b else '☐'}"
        for n, (o, b) in enumerate(zip(options, bare, strict=True), 1)
    )
