"""The stored self-evaluation forms of a report as a list that is never changed in place. No Qt here.

A form's number is its place in ``stored_forms``: those of the whole department first, without unreadable ones. What
cannot be read stays in the report untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from desktopapp.core.performance.selfeval import (
    EXECUTION_WEIGHT,
    Execution,
    FormKind,
    Goal,
    GradeBand,
    Head,
    Indicator,
    SelfEvaluation,
)
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_json, to_json
from desktopapp.core.report import Report
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
            found.append((at, from_json(data)))
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


def fresh(kind: FormKind, department: str) -> SelfEvaluation:
    """Return an empty form with 20 points for the execution and one goal; the department names itself."""
    whole = kind is FormKind.DEPARTMENT
    head = Head(name=department) if whole else Head(authority=department)
    return SelfEvaluation(kind, head, Execution(weight=EXECUTION_WEIGHT), goals=(Goal(0),))


def emptied(form: SelfEvaluation, *, copy: bool = False) -> SelfEvaluation:
    """Return a form to be filled in anew: structure, weights and targets stay; amounts, actuals, scores go.

    ``copy`` marks the name, for a second form in the same report.
    """
    head = replace(form.head, filled_on="", name=form.head.name + _COPY if copy and form.head.name else form.head.name)
    execution = Execution(weight=form.execution.weight)
    return replace(
        form,
        head=head,
        execution=execution,
        goals=tuple(replace(g, score=None) for g in form.goals),
        indicators=tuple(_emptied(i) for i in form.indicators),
        total=None,
        causes="",
        measures="",
    )


def _emptied(indicator: Indicator) -> Indicator:
    return replace(indicator, actual="", score=None, remark="")


def grade_bands(labels: Mapping[str, str]) -> tuple[GradeBand, ...]:
    """Return the grades that a template declares as "优=90|良=80"; none where it declares none."""
    bands: list[GradeBand] = []
    for part in labels.get("grades", "").split("|"):
        name, _, lowest = part.partition("=")
        if name and lowest.strip().isdecimal():
            bands.append(GradeBand(name.strip(), int(lowest) * 100))
    return tuple(bands)
