"""The text of an open report: facts, input tables and sections that follow every edit, checked in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktopapp.core.engine import Changes
from desktopapp.core.findings import Finding
from desktopapp.core.report import Report
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.selfeval.pages import on_page, page_key
from desktopapp.gui.selfeval.pages import page_name as selfeval_name
from desktopapp.gui.workers import Control, Outcome, Task
from desktopapp.jobs import template_root
from desktopapp.narrative.factbook import FactBook
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.fields import SELFEVAL
from desktopapp.narrative.input_checks import input_findings
from desktopapp.narrative.inputs import FIELD, table_of
from desktopapp.narrative.narrative import TEXT_FIELD, Narrative
from desktopapp.narrative.outline import NUMBERS, OPTION, Outline
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.rendering import Renderer
from desktopapp.store.outline_files import load_fact_book, load_outline

if TYPE_CHECKING:
    from desktopapp.gui.document import Document

#: Page of the imported text, and the field that holds it.
SOURCE_PAGE = "source.text"
#: The text is checked when nothing has changed for this long; longer where the last check took its time.
_QUIET_MS, _LONGEST_QUIET_MS = 350, 5_000
#: Checks of inputs that took longer than this wait until nothing has changed for a while.
_SLOW_SECONDS = 0.02


class LiveText(QObject):
    """Facts and narrative of one document. The sections are made when somebody shows them."""

    #: Ids of the sections that have to be shown anew (a set of str).
    sections_changed = Signal(object)
    #: Ids of the facts that may have another value (a set of str).
    facts_changed = Signal(object)
    #: The checks in the background are through.
    checked = Signal()

    def __init__(self, document: Document) -> None:
        """Raises TemplateError when the template's declarations are malformed."""
        super().__init__(document)
        self._document = document
        template = document.report.template.id
        self.book: FactBook = load_fact_book(template_root(), template)
        self.outline: Outline = load_outline(template_root(), template)
        self._task: Task | None = None
        self._imported: tuple[object, list[Passage]] | None = None
        self._again = False
        self._slow = False
        self._started = 0.0
        self._checker = _Checker(self.book, self.outline)
        #: Compiling the sentences takes longer than anything else about them.
        self._renderer = Renderer(self.outline)
        self._inputs_timer = self._timer(0, self._check_inputs)
        self._text_timer = self._timer(_QUIET_MS, self._check_text)
        document.typing.connect(self._wait)

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    def _wait(self) -> None:
        """Check the text later while somebody types."""
        if self._text_timer.isActive():
            self._text_timer.start()

    @cached_property
    def facts(self) -> Facts:
        """Return the facts of the report."""
        return Facts(self._document.as_published(), self.book)

    @cached_property
    def narrative(self) -> Narrative:
        """Return the sections of the report."""
        return Narrative(self.facts.report, self.facts, self.outline, self._document.catalogues, self._renderer)

    @property
    def known(self) -> bool:
        """Tell whether facts have been made, so that they have to be kept up to date."""
        return "facts" in self.__dict__

    # ── following the report ────────────────────────────────────────────────────────────────────────────────────
    def update(self, changes: Changes) -> None:
        """Take over what a command changed."""
        if self._document.rounding.exact() or (self.known and self.facts.report is not self._document.report):
            # The text tells published amounts; one edit may change the plan for all of them.
            self.report_replaced()
            return
        if any(key == NUMBERS or key.startswith(OPTION) for key in changes.fields):
            self.report_replaced()
            return
        if self.known:
            sections = self.narrative.update(changes)
            self.facts_changed.emit(set())
            if sections:
                self.sections_changed.emit(sections)
        self.check_soon()

    def report_replaced(self) -> None:
        """Make everything anew, after the file was read again."""
        self.__dict__.pop("facts", None)
        self.__dict__.pop("narrative", None)
        self.facts_changed.emit(set())
        self.sections_changed.emit({s.id for s in self.outline.sections()} | {p.id for p in self.outline.parts})
        self.check_soon()

    # ── checking ────────────────────────────────────────────────────────────────────────────────────────────────
    def check_soon(self) -> None:
        """Have inputs and text checked: inputs at once, text when nothing has changed for a moment."""
        if self._task is not None:
            # What it finds would be of yesterday.
            self._task.cancel()
        self._text_timer.start()
        if not self._slow:
            self._inputs_timer.start()

    def _check_inputs(self) -> None:
        started = time.perf_counter()
        found = [on_page(f) for f in input_findings(self._document.report, self.facts)]
        self._slow = time.perf_counter() - started > _SLOW_SECONDS
        self._hand_over("inputs", found)

    def _check_text(self) -> None:
        if self._slow:
            self._check_inputs()
        if self._task is not None:
            self._again = True
            return
        report, self._started = self._document.as_published().copy(), time.perf_counter()
        self._task = Task(lambda control: self._checker.check(report, control), self)
        self._task.finished.connect(self._text_checked)
        self._task.start()

    def _text_checked(self, outcome: Outcome) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.deleteLater()
        if outcome.error is not None:
            raise outcome.error
        if self._again or outcome.cancelled:
            self._again = False
            self._text_timer.start()
            return
        took = round(1000 * (time.perf_counter() - self._started))
        self._text_timer.setInterval(min(max(_QUIET_MS, took), _LONGEST_QUIET_MS))
        for source, found in (outcome.value or {}).items():
            self._hand_over(source, found)
        self.checked.emit()

    def _hand_over(self, source: str, found: list[Finding]) -> None:
        if self._document.findings.set_found(source, found):
            self._document.findings_changed.emit()

    def is_checking(self) -> bool:
        """Tell whether a check of the text is due or under way."""
        return self._task is not None or self._text_timer.isActive()

    def imported_passages(self) -> list[Passage]:
        """Return the imported text that the report keeps; read anew only when it is another."""
        from desktopapp.readers.running_text import restored

        stored = self._document.report.fields.get(SOURCE_PAGE)
        if self._imported is None or self._imported[0] is not stored:
            self._imported = stored, restored(stored)
        return self._imported[1]

    # ── names and ways ──────────────────────────────────────────────────────────────────────────────────────────
    def page_name(self, key: str) -> str:
        """Return what a page is called that is no form, "" for an unknown one."""
        if key.startswith(FIELD):
            table = self.book.inputs.get(key.removeprefix(FIELD))
            return table.title if table is not None else ""
        if key == SOURCE_PAGE:
            return "导入的文字"
        if name := selfeval_name(self._document, key):
            return name
        section = self.outline.section(key.removeprefix(TEXT_FIELD)) if key.startswith(TEXT_FIELD) else None
        return plain_title(section.title) if section is not None else ""

    def input_page(self, address: str) -> tuple[str, str]:
        """Return the page of an input address (items[2010301].budget) and the row.column to show there."""
        table = table_of(address)
        rest = address.removeprefix(table)
        if table == SELFEVAL:
            number, _, path = rest.removeprefix("[").partition("].")
            return (page_key(int(number)), f"/{path}") if number.isdecimal() else (SELFEVAL, "")
        key, _, column = rest.removeprefix("[").partition("].") if rest.startswith("[") else ("", "", rest[1:])
        return FIELD + table, f"{key}.{column}"

    def filled(self) -> set[str]:
        """Return the pages of input tables that hold anything, and of sections in the office's own words."""
        fields = self._document.report.fields
        found = {k for k, v in fields.items() if v and k.startswith((FIELD, TEXT_FIELD, SOURCE_PAGE))}
        return found | {page_key(n) for n, form in enumerate(shelf.forms(self._document.report)) if form.indicators}

    def fact(self, fact_id: str) -> Fact | None:
        """Return a fact, None for an id that the report does not have."""
        return self.facts.find(fact_id)


def plain_title(title: str) -> str:
    """Return a title of the outline without department and year."""
    return title.replace("{department}", "").replace("{year}年度", "").replace("{year}", "").strip()


class _Checker:
    """What the background needs to check a copy of the report; used by one job at a time."""

    def __init__(self, book: FactBook, outline: Outline) -> None:
        self._book, self._outline = book, outline
        self._renderer = Renderer(outline)

    def check(self, report: Report, control: Control) -> dict[str, list[Finding]]:
        """Return the findings of the imported text and of the text that will be printed."""
        from desktopapp import jobs
        from desktopapp.narrative.building import build_document
        from desktopapp.narrative.document_check import document_findings
        from desktopapp.store.outline_files import load_claim_book

        found = {"source": [_on_source_page(f) for f in jobs.text_findings(report)]}
        control.check()
        facts = _WatchedFacts(report, self._book, control)
        catalogues = jobs.get_catalogues(report.year)
        narrative = Narrative(report, facts, self._outline, catalogues, self._renderer)
        document = build_document(report, facts, self._outline, catalogues, narrative)
        control.check()
        found["text"] = document_findings(report, facts, load_claim_book(template_root()), document)
        return found


class _WatchedFacts(Facts):
    """Facts of a job that stops at the next of them when it is cancelled."""

    def __init__(self, report: Report, book: FactBook, control: Control) -> None:
        super().__init__(report, book)
        self._control = control

    def go_on(self) -> None:
        """Stop where the job was cancelled; raises Cancelled."""
        self._control.check()

    def get(self, fact_id: str) -> Fact:
        """Return a fact; raises Cancelled."""
        self._control.check()
        return super().get(fact_id)


def _on_source_page(finding: Finding) -> Finding:
    return replace(finding, form=SOURCE_PAGE, rows=((SOURCE_PAGE, finding.where),))
