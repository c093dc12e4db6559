"""Findings that share one cause as one finding: which are shown, which stand below which. No Qt here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktopapp.core.amount import Unit
from desktopapp.core.findings import Finding
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.suspects.words import doubt, line

if TYPE_CHECKING:
    from desktopapp.core.suspects import Cause, Suspect

LEAD = "cause:"
_MOST_MARKED = 60


@dataclass(frozen=True, slots=True)
class Lead:
    """A finding as it is shown for a cause; ``members`` are the findings that it stands for."""

    finding: Finding
    cause: Cause
    suspect: Suspect
    members: tuple[Finding, ...]
    opened: bool = False

    @property
    def several(self) -> bool:
        """Tell whether it stands for more than one relation."""
        return len(self.members) > 1


@dataclass(frozen=True, slots=True)
class Grouping:
    """How a list differs from the findings in it: ``shown`` stand in it by id for themselves, ``hidden`` do not.

    ``leads`` are by the id of their finding; ``homes`` map the findings below an opened lead to it.
    """

    shown: Mapping[str, Finding] = field(default_factory=dict)
    hidden: Collection[str] = frozenset()
    leads: Mapping[str, Lead] = field(default_factory=dict)
    homes: Mapping[str, Finding] = field(default_factory=dict)

    def item(self, name: str, listed: Mapping[str, Finding]) -> Finding | None:
        """Return what stands in the list under an id, None where nothing does."""
        found = self.shown.get(name)
        return found if found is not None or name in self.hidden else listed.get(name)

    def items(self, listed: Mapping[str, Finding]) -> list[Finding]:
        """Return all that stands in the list, in no order."""
        plain = [f for name, f in listed.items() if name not in self.hidden and name not in self.shown]
        return [*plain, *self.shown.values()]

    def concerned(self) -> set[str]:
        """Return the ids under which the list differs from the findings."""
        return {*self.shown, *self.hidden, *self.homes}


def group(
    findings: Mapping[str, Finding], causes: Sequence[Cause], opened: Collection[str], report: Report, unit: Unit
) -> Grouping:
    """Return the findings with those of one cause behind its lead; ``opened`` are ids of leads that show them.

    A cause of which only one finding is there keeps that finding's id and tells the suspect as its suggestion.
    """
    shown: dict[str, Finding] = {}
    hidden: set[str] = set()
    leads: dict[str, Lead] = {}
    homes: dict[str, Finding] = {}
    so_far = Grouping(shown, hidden)
    for cause in causes:
        members = tuple(f for name in cause.relations if (f := so_far.item(name, findings)) is not None)
        if cause.suspect is None or not members:
            continue
        if len(members) == 1:
            own = _decorated(members[0], cause, cause.suspect, report, unit)
            leads[own.id] = Lead(own, cause, cause.suspect, members)
            shown[own.id] = own
            continue
        lead = _lead(members, cause, cause.suspect, report, unit)
        if lead.id in leads:
            continue
        is_open = lead.id in opened
        leads[lead.id] = Lead(lead, cause, cause.suspect, members, is_open)
        shown[lead.id] = lead
        for member in members:
            if is_open:
                homes[member.id] = lead
            else:
                hidden.add(member.id)
                shown.pop(member.id, None)
    return Grouping(shown, hidden, leads, homes)


def _lead(members: Sequence[Finding], cause: Cause, suspect: Suspect, report: Report, unit: Unit) -> Finding:
    place = suspect.places[0]
    number = f"，使 {len(members)} 条关系不成立"
    return Finding(
        id=LEAD + "|".join(".".join(c) for c in suspect.places),
        rule="suspect",
        severity=min(m.severity for m in members),
        kind="suspect",
        form=place.form,
        message=f"{line(report, suspect, unit)}{number}。" + (f"{doubt(cause)}。" if doubt(cause) else ""),
        places=_marked(cause, suspect),
        suggestion=suspect.why,
    )


def _decorated(member: Finding, cause: Cause, suspect: Suspect, report: Report, unit: Unit) -> Finding:
    told = doubt(cause)
    suggestion = f"{told}；最可能的是：{line(report, suspect, unit)}。" if told else f"{line(report, suspect, unit)}。"
    places = member.places if told else tuple(dict.fromkeys((*suspect.places, *member.places)))
    return replace(member, suggestion=suggestion, places=places)


def _marked(cause: Cause, suspect: Suspect) -> tuple[Cell, ...]:
    """Return the cells to mark: those of the suspect, with the alternatives where it is a choice."""
    others: Iterable[Suspect] = cause.others if suspect.choice else ()
    cells = dict.fromkeys((*suspect.places, *(c for s in others for c in s.places)))
    return tuple(cells)[:_MOST_MARKED]
