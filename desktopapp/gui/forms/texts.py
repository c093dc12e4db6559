"""Amounts as texts: how a cell shows them, how its editor starts, how they go to the clipboard."""

from __future__ import annotations

from desktopapp.core.amount import FEN_PER_WAN, PUBLISHED_GRAIN, Amount, Unit, format_amount, format_number
from desktopapp.core.report import Report
from desktopapp.core.template import Cell


def plain_text(amount: Amount, unit: Unit) -> str:
    """Return an amount as a plain number in ``unit`` that loses nothing; an empty cell gives an empty text.

    Two decimals, in 万元 up to six where the amount is finer than 0.01 万元.
    """
    if not amount:
        return ""
    if unit is Unit.WAN and amount % PUBLISHED_GRAIN:
        return format_number(amount, unit, separators=False, decimals=len(str(FEN_PER_WAN)) - 1)
    return format_number(amount, unit, separators=False)


class Texts:
    """The shown texts of one form's amounts, made once and forgotten cell by cell."""

    def __init__(self, report: Report, unit: Unit) -> None:
        self._amounts = report.amounts
        self.unit = unit
        self._known: dict[Cell, str] = {}

    def shown(self, cell: Cell) -> str:
        """Return what a cell shows: separators and two decimals, nothing for zero."""
        text = self._known.get(cell)
        if text is None:
            text = self._known[cell] = format_amount(self._amounts.get(cell), self.unit)
        return text

    def plain(self, cell: Cell) -> str:
        """Return the amount of a cell as a plain number."""
        return plain_text(self._amounts.get(cell), self.unit)

    def forget(self, cell: Cell) -> None:
        """Make the text of a cell anew when it is next shown."""
        self._known.pop(cell, None)
