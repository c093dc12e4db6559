"""The hidden mark in our own workbooks: which template, year and unit, and which sheet holds which form.

It is a very hidden sheet of texts: key and value a row, for forms ``form``, id, sheet name, grain in 分. Everything in
it is also found without it, only less surely; so nothing is lost when somebody deletes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from desktopapp.core.amount import EXACT_GRAIN, Unit
from desktopapp.core.report import Report

MARKER_SHEET: Final = "决算公开编制标记"
_VERSION = 1
_PADDING = ("", "", "", "")
_NOTE = "此隐藏工作表由“决算公开编制”写入，供重新导入时识别，请勿修改；删除它不影响各表。"


@dataclass(frozen=True, slots=True)
class Marker:
    """What the mark says; ``forms`` are sheet name → form id, ``exact`` the forms kept in 分."""

    template: str
    year: int | None
    department: str
    settings: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()


def marker_rows(report: Report, unit: Unit, names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return the rows of the mark; ``names`` are form id → sheet name."""
    rows: list[tuple[str, ...]] = [
        (_NOTE,),
        ("version", str(_VERSION)),
        ("template", report.template.id),
        ("year", str(report.year)),
        ("department", report.department),
        ("unit", unit.value),
    ]
    rows += [("setting", key) for key, on in sorted(report.settings.items()) if on]
    rows += [("form", form_id, name, str(report.grain(form_id))) for form_id, name in names.items()]
    return rows


def read_marker(rows: Sequence[Sequence[str]]) -> Marker | None:
    """Return what the rows of a mark say, None when they are no mark or one of a later version."""
    values: dict[str, str] = {}
    settings: list[str] = []
    forms: dict[str, str] = {}
    exact: set[str] = set()
    for row in rows:
        key, first, second, third = (*row, *_PADDING)[:4]
        if key == "setting":
            settings.append(first)
        elif key == "form":
            forms[second] = first
            if third == str(EXACT_GRAIN):
                exact.add(first)
        elif key:
            values[key] = first
    if values.get("version") != str(_VERSION) or "template" not in values:
        return None
    year = values.get("year", "")
    return Marker(
        values["template"],
        int(year) if year.isascii() and year.isdigit() else None,
        values.get("department", ""),
        tuple(settings),
        forms,
        frozenset(exact),
    )
