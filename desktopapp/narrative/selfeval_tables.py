"""Self-evaluation forms as tables of the document: head, execution, goals, indicators with merged groups, causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.performance.scoring import POINT
from desktopapp.core.performance.selfeval import Execution, FormKind, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_json
from desktopapp.core.report import Report
from desktopapp.narrative.document import CellKind, Table, TableCell
from desktopapp.narrative.numbers import half_up, plain_decimal

#: Report field with the forms, a list of ``selfeval_json`` dictionaries.
FIELD = "selfeval"
_COLUMNS = 7
_WIDTHS = (20, 20, 22, 52, 26, 26, 14)
_KINDS: tuple[CellKind, ...] = ("centre", "centre", "centre", "text", "centre", "centre", "centre")
_Row = tuple[TableCell, ...]


def stored_forms(report: Report) -> tuple[SelfEvaluation, ...]:
    """Return the self-evaluation forms of a report, those of the whole department first, without unreadable ones."""
    found: list[SelfEvaluation] = []
    raw = report.fields.get(FIELD)
    for data in raw if isinstance(raw, list) else []:
        try:
            found.append(from_json(data))
        except SelfEvalFormatError:
            continue
    return tuple(sorted(found, key=lambda f: f.kind is not FormKind.DEPARTMENT))


def told(form: SelfEvaluation) -> list[dict[str, Any]]:
    """Return the indicators of a form in groups, as the text tells them.

    Each group has "level1", "level2", "number" of its level 1 and "first" for the first group of it.
    """
    groups: list[dict[str, Any]] = []
    for number, (level1, in_first) in enumerate(groupby(form.indicators, key=lambda i: i.level1), 1):
        for at, (level2, indicators) in enumerate(groupby(list(in_first), key=lambda i: i.level2)):
            listed = [{"name": i.name, "target": i.target, "actual": i.actual} for i in indicators]
            groups.append(
                {"level1": level1, "level2": level2, "number": number, "first": at == 0, "indicators": listed}
            )
    return groups


def form_title(form: SelfEvaluation, year: int, labels: Mapping[str, str]) -> str:
    """Return the title of a form."""
    return labels[f"title_{form.kind.value}"].format(year=year, name=form.head.name)


def form_table(form: SelfEvaluation, year: int, labels: Mapping[str, str]) -> Table:
    """Return the table of a form; ``labels`` are its printed words (section "selfeval" of the outline)."""
    body = [*_head(form, labels), *_execution(form.execution, form.kind, labels), *_goals(form, labels)]
    if form.total is not None or form.computed_total() is not None:
        total = form.total if form.total is not None else form.computed_total()
        body.append((_label(labels["total"]), TableCell(_points(total), colspan=_COLUMNS - 1, kind="centre")))
    body.append((_label(labels["causes"]), TableCell(form.causes, colspan=_COLUMNS - 1)))
    body.append((_label(labels["measures"]), TableCell(form.measures, colspan=_COLUMNS - 1)))
    notes = tuple(n for n in (labels.get("note", ""),) if n)
    return Table(form_title(form, year, labels), (), tuple(body), _WIDTHS, _KINDS, notes=notes)


def _label(text: str, colspan: int = 1, rowspan: int = 1) -> TableCell:
    return TableCell(text, colspan, rowspan, head=True, kind="centre")


def _points(value: int | None) -> str:
    return "" if value is None else plain_decimal(value * 100 // POINT, 2, False, trim=True)


def _wan(fen: int | None) -> str:
    return "" if fen is None else plain_decimal(fen * 100 // FEN_PER_WAN, 2, True, trim=True)


def _weighted(text: str, weight: int | None, labels: Mapping[str, str]) -> str:
    return text if weight is None else text + labels["weight"].format(points=_points(weight))


def _head(form: SelfEvaluation, labels: Mapping[str, str]) -> Iterator[_Row]:
    head = form.head
    yield _label(labels[f"name_{form.kind.value}"]), TableCell(head.name, colspan=_COLUMNS - 1)
    if form.kind is FormKind.DEPARTMENT:
        execution = form.execution
        if execution.basic_total is not None or execution.project_total is not None:
            yield (
                _label(labels["basic_total"], 2),
                TableCell(_wan(execution.basic_total), 2, kind="centre"),
                _label(labels["project_total"]),
                TableCell(_wan(execution.project_total), 2, kind="centre"),
            )
        return
    yield (
        _label(labels["authority"]),
        TableCell(head.authority, 3),
        _label(labels["implementer"]),
        TableCell(head.implementer, 2),
    )
    for key in ("category", "attribute", "project_type"):
        options = [o for o in labels.get(f"{key}_options", "").split("|") if o]
        chosen = getattr(head, key)
        if chosen or options:
            yield _label(labels[key]), TableCell(_ticked(options, chosen), _COLUMNS - 1)


def _ticked(options: Sequence[str], chosen: str) -> str:
    """Return the options in a row with the chosen one ticked; the text itself where it is none of them."""
    bare = [o.removesuffix("项目") for o in options]
    if not chosen or not any(chosen.removesuffix("项目") == b for b in bare):
        return chosen
    return "　".join(
        f"{n}、{o}{'☑' if chosen.removesuffix('项目') == b else '☐'}"
        for n, (o, b) in enumerate(zip(options, bare, strict=True), 1)
    )


def _execution(execution: Execution, kind: FormKind, labels: Mapping[str, str]) -> Iterator[_Row]:
    title = labels["execution"].format(points=_points(execution.weight))
    yield (
        _label(title, rowspan=2),
        _label("", 2),
        _label(labels["budget"]),
        _label(labels["executed"]),
        _label(labels["rate"]),
        _label(labels["score"]),
    )
    ratio = execution.ratio()
    rate = execution.rate or (
        "" if ratio is None else plain_decimal(half_up(ratio * 100, 2), 2, False, trim=True) + "%"
    )
    score = execution.score if execution.score is not None else execution.computed_score()
    yield (
        _label(labels[f"funds_{kind.value}"], 2),
        TableCell(_wan(execution.budget), kind="centre"),
        TableCell(_wan(execution.executed), kind="centre"),
        TableCell(rate, kind="centre"),
        TableCell(_points(score), kind="centre"),
    )


def _goals(form: SelfEvaluation, labels: Mapping[str, str]) -> Iterator[_Row]:
    numbered = {g.number: g for g in form.goals}
    numbers = list(dict.fromkeys([*numbered, *(i.goal for i in form.indicators)]))
    for number in numbers:
        goal = numbered.get(number)
        if goal is not None and goal.text:
            head = labels["goal_n"].format(n=number) if number else labels["goal"]
            yield _label(_weighted(head, goal.weight, labels)), TableCell(goal.text, _COLUMNS - 1)
        own = [i for i in form.indicators if i.goal == number]
        if own:
            yield from _indicators(form, own, number, labels)


def _indicators(form: SelfEvaluation, own: Sequence[Indicator], goal: int, labels: Mapping[str, str]) -> Iterator[_Row]:
    weight = form.goal_weight(goal)
    first: tuple[TableCell, ...] = (_label(_weighted(labels["indicators"], weight, labels), rowspan=len(own) + 1),)
    yield first + tuple(_label(labels[k]) for k in ("level1", "level2", "level3", "target", "actual", "score"))
    for level1, in_first in groupby(own, key=lambda i: i.level1):
        firsts = list(in_first)
        head1: tuple[TableCell, ...] = (_group(form, level1, "", goal, len(firsts), labels),)
        for level2, in_second in groupby(firsts, key=lambda i: i.level2):
            seconds = list(in_second)
            head2: tuple[TableCell, ...] = (_group(form, level1, level2, goal, len(seconds), labels),)
            for indicator in seconds:
                yield head1 + head2 + _cells(indicator, labels)
                head1 = head2 = ()


def _group(
    form: SelfEvaluation, level1: str, level2: str, goal: int, rows: int, labels: Mapping[str, str]
) -> TableCell:
    printed = next((g for g in form.groups if g.goal == goal and g.level1 == level1 and g.level2 == level2), None)
    text = _weighted(level2 or level1, printed.weight if printed else None, labels)
    return TableCell(text, rowspan=rows, kind="centre")


def _cells(indicator: Indicator, labels: Mapping[str, str]) -> tuple[TableCell, ...]:
    unit = indicator.unit
    name = _weighted(indicator.name, indicator.weight, labels)
    return (
        TableCell(f"{name}（{unit}）" if unit and unit not in name else name),
        TableCell(indicator.target, kind="centre"),
        TableCell(indicator.actual, kind="centre"),
        TableCell(_points(indicator.score), kind="centre"),
    )
