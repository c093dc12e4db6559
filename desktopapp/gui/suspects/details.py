"""One cause in detail, as text with links: the suspect, its alternatives, the relations it explains. No Qt here."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopapp.core.amount import Unit
from desktopapp.core.naming import describe
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.suspects.groups import Lead
from desktopapp.gui.suspects.presenter import suspects_of
from desktopapp.gui.suspects.words import doubt, line, money, reason

if TYPE_CHECKING:
    from desktopapp.core.suspects import Suspect

_SHOW, _ADOPT = "show:", "adopt:"
_MOST_RELATIONS = 20


@dataclass(frozen=True, slots=True)
class Details:
    """``markup`` for a text browser, and what its links mean."""

    markup: str
    cells: tuple[Cell, ...]
    suspects: tuple[Suspect, ...]

    def cell_of(self, link: str) -> Cell | None:
        """Return the cell that a link shows, None for other links."""
        at = link.removeprefix(_SHOW)
        return self.cells[int(at)] if link.startswith(_SHOW) and at.isdecimal() else None

    def suspect_of(self, link: str) -> Suspect | None:
        """Return the suspect that a link adopts, None for other links."""
        at = link.removeprefix(_ADOPT)
        return self.suspects[int(at)] if link.startswith(_ADOPT) and at.isdecimal() else None


def details(report: Report, unit: Unit, lead: Lead, writable: bool) -> Details:
    """Return what there is to say of a cause."""
    cells: list[Cell] = []
    suspects = suspects_of(lead.cause)

    def show(cell: Cell, text: str) -> str:
        cells.append(cell)
        return f'<a href="{_SHOW}{len(cells) - 1}">{html.escape(text)}</a>'

    def adopt(number: int) -> str:
        return f'　<a href="{_ADOPT}{number}">采用建议</a>' if writable else ""

    parts: list[str] = []
    if lead.suspect.choice and len(suspects) > 1:
        parts.append(f"{html.escape(doubt(lead.cause))}，可能是以下之一，请核对原始数据：")
        for number, suspect in enumerate(suspects):
            told = "；".join(_change(report, suspect, i, unit, show) for i in range(len(suspect.places)))
            why = f"（{html.escape(reason(suspect))}）" if reason(suspect) else ""
            parts.append(f"{number + 1}. {told}{why}{adopt(number)}")
    else:
        links = f"{show(lead.suspect.places[0], '查看')}{adopt(0)}"
        parts.append(f"<b>{html.escape(line(report, lead.suspect, unit))}</b>　{links}")
        parts.append(html.escape(lead.suspect.why))
    parts += [
        show(m.places[0], "关系") + f"　{html.escape(m.message)}" if m.places else html.escape(m.message)
        for m in lead.members[:_MOST_RELATIONS]
    ]
    if len(lead.members) > _MOST_RELATIONS:
        parts.append(f"……共 {len(lead.members)} 条关系")
    return Details("<br>".join(parts), tuple(cells), suspects)


def _change(report: Report, suspect: Suspect, at: int, unit: Unit, show: object) -> str:
    cell = suspect.places[at]
    assert callable(show)
    return (
        f"{show(cell, describe(report, cell))} {money(suspect.found[at], unit)} → {money(suspect.suggested[at], unit)}"
    )
