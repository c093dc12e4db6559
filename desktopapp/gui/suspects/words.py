"""Suspects in words. No Qt here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktopapp.core.amount import PUBLISHED_GRAIN, Amount, Unit, format_number
from desktopapp.core.naming import column_name, describe, row_name
from desktopapp.core.report import Report

if TYPE_CHECKING:
    from desktopapp.core.suspects import Cause, Suspect

_LISTED = 3


def money(amount: Amount, unit: Unit) -> str:
    """Return an amount in 分 so that nothing of it is lost; an empty cell is 空."""
    if amount is None:
        return "空"
    finer = unit is Unit.WAN and amount % PUBLISHED_GRAIN
    return format_number(amount, unit, decimals=6 if finer else 2)


def place_words(report: Report, suspect: Suspect) -> str:
    """Return what the cells of a suspect are called: two by their names, more in one column by first and last."""
    first, last, number = suspect.places[0], suspect.places[-1], len(suspect.places)
    name = describe(report, first)
    if number == 1:
        return name
    if number == 2 and first.form == last.form:
        # The form has been named; of the row say no more than is different.
        other = (row_name(report, last.form, last.row), column_name(report, last))
        return f"{name} 和 {' '.join(p for p in (other if first.row != last.row else other[1:]) if p)}"
    if len({(c.form, c.col) for c in suspect.places}) == 1 and first.row != last.row:
        return f"{name} 至 {row_name(report, last.form, last.row)} {number} 格"
    return f"{name}等 {number} 格"


def figures(suspect: Suspect, unit: Unit) -> str:
    """Return what a suspect holds and should hold: 录成 8,351.27，应为 8,315.27."""
    return "；".join(
        _pair(found, suggested, unit)
        for found, suggested in list(zip(suspect.found, suspect.suggested, strict=True))[:_LISTED]
    ) + ("……" if len(suspect.places) > _LISTED else "")


def _pair(found: Amount, suggested: Amount, unit: Unit) -> str:
    right = f"应为{'空' if suggested is None else f' {money(suggested, unit)}'}"
    return f"未填，{right}" if found is None else f"录成 {money(found, unit)}，{right}"


def reason(suspect: Suspect) -> str:
    """Return the slip alone, without the word of doubt before it; empty where none is recognised."""
    return suspect.slip.removeprefix("疑似")


def line(report: Report, suspect: Suspect, unit: Unit) -> str:
    """Return a suspect as one line: 疑似 公开03表 2010301 … 录成 8,351.27，应为 8,315.27：两位数字颠倒."""
    if len(suspect.places) == 1:
        told = f"{place_words(report, suspect)} {figures(suspect, unit)}"
    else:
        told = "；".join(
            f"{describe(report, cell)} {_pair(found, right, unit)}"
            for cell, found, right in zip(suspect.places, suspect.found, suspect.suggested, strict=True)
        )
    return f"疑似 {told}" + (f"：{reason(suspect)}" if reason(suspect) else "")


def possibilities(cause: Cause) -> int:
    """Return how many ways there are to explain a cause, as far as they are listed."""
    return len(cause.others) + (cause.suspect is not None)


def doubt(cause: Cause) -> str:
    """Return that a cause is a choice, and among how many; empty where the relations determine it."""
    if cause.suspect is None or not cause.suspect.choice:
        return ""
    number = possibilities(cause)
    return f"不能确定是哪一格，有 {number} 种可能" if number > 1 else "不能确定是哪一格"


def label(report: Report, suspect: Suspect) -> str:
    """Return what the step of adopting a suggestion is called in the history."""
    return f"采用建议：{place_words(report, suspect)}"
