"""What the text tells of projects and performance, taken from the self-evaluation forms: nobody types it twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktopapp.core.commands import Batch, SetField
from desktopapp.core.performance.checks import points
from desktopapp.core.performance.selfeval import FormKind, SelfEvaluation
from desktopapp.core.performance.wording import bare_words
from desktopapp.core.report import Report
from desktopapp.narrative.inputs import FIELD
from desktopapp.narrative.selfeval_tables import stored_forms

_PROJECTS, _PERFORMANCE = FIELD + "projects", FIELD + "performance"
#: Which first levels of a department's form make up which score of the text.
_SCORES = {"output_score": "产出", "benefit_score": "效益", "satisfaction_score": "满意"}


def filled_from_forms(report: Report) -> tuple[Batch, int] | None:
    """Return the step that fills what is still empty from the forms, and how many values it fills; None for nothing.

    The table of projects gets a row for every project that it lacks, with budget, outturn, causes and measures; the
    table of performance the points of the department's own form. What is filled in already is left alone.
    """
    forms = stored_forms(report)
    projects, count = _projects(report, [f for f in forms if f.kind is FormKind.PROJECT])
    whole = next((f for f in forms if f.kind is FormKind.DEPARTMENT), None)
    performance, more = _performance(report, whole) if whole is not None else (None, 0)
    commands = [SetField(field, rows) for field, rows in ((_PROJECTS, projects), (_PERFORMANCE, performance)) if rows]
    return (Batch("从自评表填入文字部分", tuple(commands)), count + more) if commands else None


def _rows(report: Report, field: str) -> list[dict[str, Any]]:
    stored = report.fields.get(field)
    listed = [stored] if isinstance(stored, Mapping) else stored if isinstance(stored, list) else []
    return [dict(row) for row in listed if isinstance(row, Mapping)]


def _projects(report: Report, forms: list[SelfEvaluation]) -> tuple[list[dict[str, Any]] | None, int]:
    """Return the rows of the table of projects with what they lacked, None when they lacked nothing, and how much."""
    rows, count = _rows(report, _PROJECTS), 0
    for form in forms:
        name = bare_words(form.head.name)
        if not name:
            continue
        row = next((r for r in rows if bare_words(str(r.get("name", ""))) == name), None)
        if row is None:
            row = {"name": form.head.name}
            rows.append(row)
            count += 1
        execution = form.execution
        told = {
            "budget": execution.budget,
            "executed": execution.executed,
            "causes": form.causes,
            "measures": form.measures,
        }
        count += _fill(row, told)
    return (rows, count) if count else (None, 0)


def _performance(report: Report, form: SelfEvaluation) -> tuple[list[dict[str, Any]] | None, int]:
    rows = _rows(report, _PERFORMANCE) or [{}]
    execution = form.execution.score if form.execution.score is not None else form.execution.computed_score()
    total = form.total if form.total is not None else form.computed_total()
    told: dict[str, Any] = {"departments": 1, "score": total, "execution_score": execution}
    for key, level in _SCORES.items():
        scores = [line.score for line in form.indicators if level in line.level1]
        known = [score for score in scores if score is not None]
        told[key] = sum(known) if known and len(known) == len(scores) else None
    written = {k: v if k == "departments" or v is None else points(v) for k, v in told.items()}
    count = _fill(rows[0], written)
    return (rows, count) if count else (None, 0)


def _fill(row: dict[str, Any], told: Mapping[str, Any]) -> int:
    """Give a row the values that it lacks; return how many."""
    lacking = {k: v for k, v in told.items() if v not in (None, "") and row.get(k) in (None, "")}
    row |= lacking
    return len(lacking)
