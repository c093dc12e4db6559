"""The findings list with those of one cause as one row: what is listed, grouped and opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.suspects.groups import Grouping, Lead, group
from desktopapp.gui.suspects.words import doubt, figures, place_words, reason
from desktopapp.gui.window.findings_model import FindingsModel, Shown, Wording
from desktopapp.gui.window.findings_order import Order

if TYPE_CHECKING:
    from desktopapp.gui.document import Document

ADOPT, CHOOSE = "采用建议", "选择…"


class Listing:
    """Findings of one document after filtering; the model shows them grouped."""

    def __init__(self, model: FindingsModel) -> None:
        self._model = model
        self._document: Document | None = None
        self._listed: dict[str, Finding] = {}
        self._numbers: Counter[Severity] = Counter()
        self._order = Order()
        self._grouping = Grouping()
        self._opened: set[str] = set()

    def set_document(self, document: Document | None) -> None:
        """Group by the suspects of another document, or none."""
        self._document = document
        self._opened.clear()

    # ── changing ────────────────────────────────────────────────────────────────────────────────────────────────
    def show(self, findings: Iterable[Finding], order: Order) -> None:
        """List these findings."""
        self._listed = {f.id: f for f in findings}
        self._numbers = Counter(f.severity for f in self._listed.values())
        self._grouping = self._group()
        self._order = order
        grouped = order.with_homes(self._grouping.homes)
        items = sorted(self._grouping.items(self._listed), key=lambda f: (grouped.section(f), grouped.key(f)))
        self._model.set_findings(items, grouped)

    def change(self, dropped: Collection[str], put: Collection[Finding], order: Order | None = None) -> None:
        """Take findings away, add or replace others, and group anew; costs what changed and what is grouped.

        ``order`` is another one, after rows came or went.
        """
        for name in {*dropped, *(f.id for f in put)}:
            if (old := self._listed.pop(name, None)) is not None:
                self._numbers[old.severity] -= 1
        self._listed.update((f.id, f) for f in put)
        self._numbers.update(f.severity for f in put)
        self._order = order or self._order
        before, after = self._grouping, self._group()
        self._grouping = after
        if not before.leads and not after.leads:
            self._model.change(dropped, put, order)
            return
        new = {f.id for f in put}
        near = {*dropped, *new, *before.concerned(), *after.concerned()}
        items = {name: after.item(name, self._listed) for name in near}
        fresh = [
            f
            for name, f in items.items()
            if f is not None
            and (name in new or self._model.get(name) != f or before.homes.get(name) != after.homes.get(name))
        ]
        gone = [name for name, f in items.items() if f is None]
        self._model.change(gone, fresh, self._order.with_homes(after.homes))
        self._model.reword([n for n in before.leads.keys() ^ after.leads.keys() if items.get(n) is not None])

    def _group(self) -> Grouping:
        document = self._document
        causes = document.suspicions.causes if document is not None else ()
        if document is None or not causes:
            return Grouping()
        return group(self._listed, causes, self._opened, document.report, document.unit)

    def open(self, finding: Finding, on: bool) -> None:
        """Show or hide the findings that a lead stands for."""
        lead = self.lead(finding.id)
        if lead is not None and lead.several and lead.opened is not on:
            (self._opened.add if on else self._opened.discard)(finding.id)
            self.change((), ())
            self._model.reword([finding.id])

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    def lead(self, finding_id: str) -> Lead | None:
        """Return what is known of the cause behind a row."""
        return self._grouping.leads.get(finding_id)

    def home(self, finding_id: str) -> Finding | None:
        """Return the lead that a row stands below."""
        return self._grouping.homes.get(finding_id)

    def spelled_out(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings with the relations of each cause in place of its lead, none twice."""
        found: dict[str, Finding] = {}
        for finding in findings:
            lead = self.lead(finding.id)
            members = lead.members if lead is not None and lead.several else (finding,)
            found.update((m.id, m) for m in members)
        return list(found.values())

    def head(self, severity: Severity, rows: int) -> str:
        """Return the head above a severity: how many findings, and how many causes where they are grouped."""
        several = [lead for lead in self._grouping.leads.values() if lead.several]
        if not several:
            return ""
        number = self._numbers[severity]
        places = rows - sum(home.severity is severity for home in self._grouping.homes.values())
        return f"{severity.label}（{number} 条，归为 {places} 处）" if number != places else ""


class SuspectWording(Wording):
    """Words the leads of causes, and leaves all else to another wording."""

    def __init__(self, inner: Wording, listing: Listing, document: Document) -> None:
        self._inner, self._listing, self._document = inner, listing, document

    def head(self, severity: Severity, rows: int) -> str:
        """Return the head above the findings of a severity."""
        return self._listing.head(severity, rows) or self._inner.head(severity, rows)

    def shown(self, finding: Finding) -> Shown:
        """Return the lines of a finding, of a lead with the sign to open it and the link to adopt it."""
        lead = self._listing.lead(finding.id)
        if lead is None:
            found = self._inner.shown(finding)
            inner = self._listing.home(finding.id) is not None
            return Shown(found.title, found.figures, found.says, inner=inner) if inner else found
        action = "" if self._document.read_only else CHOOSE if lead.suspect.choice else ADOPT
        if not lead.several and lead.suspect.choice:
            found = self._inner.shown(finding)
            return Shown(found.title, found.figures, f"？ {doubt(lead.cause)}", action=action)
        fold = ("▾" if lead.opened else "▸") if lead.several else ""
        return Shown(
            f"疑似 {place_words(self._document.report, lead.suspect)}",
            figures(lead.suspect, self._document.unit),
            self._third(lead),
            fold,
            action,
        )

    def _third(self, lead: Lead) -> str:
        if lead.suspect.choice:
            return f"？ {doubt(lead.cause)}"
        parts = [reason(lead.suspect)] if reason(lead.suspect) else []
        if lead.several:
            parts.append(f"{len(lead.members)} 条关系")
        elif not parts:
            parts.append(self._inner.shown(lead.members[0]).says)
        return " · ".join(parts)
