"""The stored self-evaluation forms of a report as a list that is never changed in place. No Qt here.

A form's number is its place in ``stored_forms``: those of the whole department first, without unreadable ones. What
cannot be read stays in the report untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from desktopapp.core.amount import AmountError
from desktopapp.core.performance.checks import points
from desktopapp.core.performance.next_year import emptied
from desktopapp.core.performance.selfeval import (
    EXECUTION_WEIGHT,
    Execution,
    FormKind,
    Goal,
    GradeBand,
    GroupWeight,
    Head,
    SelfEvaluation,
)
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_stored, to_json
from desktopapp.core.report import Report
from desktopapp.gui.selfeval.edits import parse_points
from desktopapp.narrative.fields import GRADES
from desktopapp.narrative.selfeval_layouts import FormLayout
from desktopapp.narrative.selfeval_tables import FIELD

#: Behind the name of a copied form.
_COPY = "（副本）"


def _raw(report: Report) -> list[Any]:
    stored = report.fields.get(FIELD)
    return list(stored) if isinstance(stored, list) else []


def _places(raw: Iterable[Any]) -> list[tuple[int, SelfEvaluation]]:
    """Return (place in the stored list, form) in the order of the form numbers."""
    found: list[tuple[int, SelfEvaluation]] = []
    for at, data in enumerate(raw):
        try:
            found.append((at, from_stored(data)))
        except SelfEvalFormatError:
            continue
    return sorted(found, key=lambda f: f[1].kind is not FormKind.DEPARTMENT)


def forms(report: Report) -> list[SelfEvaluation]:
    """Return the readable forms, those of the whole department first."""
    return [form for _, form in _places(_raw(report))]


def form_at(report: Report, number: int) -> SelfEvaluation | None:
    """Return a form by its number from 0, None when there is none."""
    found = _places(_raw(report))
    return found[number][1] if 0 <= number < len(found) else None


def name_of(form: SelfEvaluation, number: int) -> str:
    """Return what a form is called in lists and messages."""
    return form.head.name or f"（未命名的自评表 {number + 1}）"


def replaced(report: Report, number: int, form: SelfEvaluation) -> list[Any]:
    """Return the stored list with another form in the place of one."""
    raw = _raw(report)
    raw[_places(raw)[number][0]] = to_json(form)
    return raw


def added(report: Report, new: Iterable[SelfEvaluation]) -> list[Any]:
    """Return the stored list with forms behind all others."""
    return [*_raw(report), *(to_json(form) for form in new)]


def removed(report: Report, number: int) -> list[Any] | None:
    """Return the stored list without a form, None when nothing is left."""
    raw = _raw(report)
    del raw[_places(raw)[number][0]]
    return raw or None


def moved(report: Report, number: int, steps: int) -> list[Any] | None:
    """Return the stored list with a form moved up (−1) or down (+1) among its kind; None where it cannot move."""
    raw = _raw(report)
    found = _places(raw)
    target = number + steps
    if not 0 <= target < len(found) or found[number][1].kind is not found[target][1].kind:
        return None
    here, there = found[number][0], found[target][0]
    raw[here], raw[there] = raw[there], raw[here]
    return raw


def number_of_last(report: Report, kind: FormKind) -> int:
    """Return the number of the last form of a kind, −1 when there is none."""
    return max((n for n, form in enumerate(forms(report)) if form.kind is kind), default=-1)


def fresh(kind: FormKind, department: str, layout: FormLayout | None = None) -> SelfEvaluation:
    """Return an empty form with the points that the layout gives the execution (20 without one) and one goal.

    The department names itself.
    """
    whole = kind is FormKind.DEPARTMENT
    head = Head(name=department) if whole else Head(authority=department)
    weight = EXECUTION_WEIGHT if layout is None else layout.execution_weight
    form = SelfEvaluation(kind, head, Execution(weight=weight), (Goal(0),))
    return form if layout is None else replace(form, layout=layout.id, groups=_groups(layout))


def _groups(layout: FormLayout) -> tuple[GroupWeight, ...]:
    return tuple(GroupWeight(level1, "", weight) for level1, weight in layout.groups)


def relaid(form: SelfEvaluation, old: FormLayout, new: FormLayout) -> SelfEvaluation:
    """Return the form in another layout; full marks of the execution follow where they were the old layout's.

    Nothing that is filled in is dropped: what the new layout has no place for is kept and printed where it can be.
    """
    execution = form.execution
    if execution.weight == old.execution_weight != new.execution_weight:
        follows = execution.score is None or execution.score == execution.computed_score()
        execution = replace(execution, weight=new.execution_weight)
        execution = replace(execution, score=execution.computed_score() if follows else execution.score)
    if all(fund.blank for fund in execution.funds):
        execution = replace(execution, funds=())
    groups = form.groups if form.indicators else _groups(new)
    return replace(form, execution=execution, groups=groups, layout=new.id)


def copied(form: SelfEvaluation) -> SelfEvaluation:
    """Return a form to be filled in anew under a marked name, for a second form in the same report."""
    head = replace(form.head, name=form.head.name + _COPY if form.head.name else "")
    return emptied(replace(form, head=head))


def grade_bands(labels: Mapping[str, str], report: Report | None = None) -> tuple[GradeBand, ...]:
    """Return the grades of a report: its own, else those that the template declares as "优=90|良=80"."""
    own = report.fields.get(GRADES) if report is not None else None
    found = _bands(own) if isinstance(own, str) else ()
    return found or _bands(labels.get("grades", ""))


def _bands(text: str) -> tuple[GradeBand, ...]:
    bands: list[GradeBand] = []
    for part in text.split("|"):
        name, _, lowest = part.partition("=")
        try:
            value = parse_points(lowest, "最低分")
        except AmountError:
            continue
        if name.strip() and value is not None:
            bands.append(GradeBand(name.strip(), value))
    return tuple(bands)


def bands_text(bands: Iterable[GradeBand]) -> str:
    """Return grades as they are stored, the highest first."""
    ordered = sorted(bands, key=lambda band: -band.lowest)
    return "|".join(f"{band.name}={points(band.lowest)}" for band in ordered)
