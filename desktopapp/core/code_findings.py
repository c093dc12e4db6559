"""Findings on the rows by code, kept so that a form whose rows changed costs its own rows only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogue, Catalogues
from desktopapp.core.catalogue_checks import CodeIssue, RowChecks, issue_message, issues_at
from desktopapp.core.findings import Finding, Severity, Words
from desktopapp.core.levels import base
from desktopapp.core.naming import form_name
from desktopapp.core.report import Report
from desktopapp.core.template import Cell, Form

#: Kind of issue, code, and what was found: the same slip in several forms is one finding.
_Key = tuple[str, str, str]


class CodeFindings:
    """What is wrong with the rows by code of a report, one finding for the same slip in several forms.

    Names that the source printed cut off are no finding: nothing in them is wrong.
    """

    def __init__(self, report: Report, catalogues: Catalogues) -> None:
        self._report = report
        kinds = {f.catalogue for f in report.template.forms}
        checks = {k: RowChecks(c) for k in kinds if (c := catalogues.named(k)) is not None}
        #: The forms that have rows by code, in printed order.
        self._checks = {f.id: checks[f.catalogue] for f in report.template.forms if f.catalogue in checks}
        self._columns = {f.id: f.columns[0].key for f in report.template.forms if f.columns}
        self._names = {f: form_name(report, f) for f in self._checks}
        self._issues: dict[str, dict[_Key, CodeIssue]] = {f: {} for f in self._checks}
        self._doubled: dict[str, set[str]] = {f: set() for f in self._checks}
        self._found: dict[_Key, Finding] = {}
        self._looked = False

    def all(self) -> Iterator[Finding]:
        """Yield every finding."""
        if not self._looked:
            self.look()
        return iter(self._found.values())

    def look(self, form_ids: Iterable[str] | None = None) -> tuple[set[str], list[Finding]]:
        """Check forms again (all by default); return the ids of the findings gone and those new or replaced."""
        self._looked |= form_ids is None
        changed: dict[_Key, None] = {}
        for form_id in self._checks if form_ids is None else form_ids:
            if form_id in self._checks:
                changed.update(dict.fromkeys(self._changed(form_id)))
        gone: set[str] = set()
        put: list[Finding] = []
        for key in changed:
            before, now = self._found.pop(key, None), self._finding(key)
            if now is not None:
                self._found[key] = now
            if before is not None and (now is None or now.id != before.id):
                gone.add(before.id)
            if now is not None and now != before:
                put.append(now)
        return gone, put

    def _changed(self, form_id: str) -> Iterator[_Key]:
        """Check one form anew; yield the keys of the issues that are not what they were."""
        rows, before = self._report.rows_of(form_id), self._issues[form_id]
        # Two of a kind in a form are told once, the first of them.
        now = self._issues[form_id] = {}
        for issue in self._look(form_id):
            if not issue.truncated:
                now.setdefault((issue.kind, issue.code, issue.found), issue)
        doubled = {base(r) for r in rows if "#" in r}
        # With one of doubled rows the place to jump to may go while the issue stays.
        moved, self._doubled[form_id] = doubled | self._doubled[form_id], doubled
        for key, issue in now.items():
            was = before.get(key)
            if (was is not issue and was != issue) or key[1] in moved:
                yield key
        yield from (key for key in before if key not in now)

    def _look(self, form_id: str) -> Iterator[CodeIssue]:
        checks = self._checks[form_id]
        for printed in _printed_rows(self._report, self._report.template.form(form_id)):
            yield from (issue for _, issue in issues_at(printed, checks))

    def _finding(self, key: _Key) -> Finding | None:
        kind, code, found = key
        forms = [f for f, issues in self._issues.items() if key in issues]
        if not forms:
            return None
        issue, catalogue = self._issues[forms[0]][key], self._checks[forms[0]].catalogue
        severity = Severity.INFO if issue.severity == "info" else Severity.WARNING
        if kind == "duplicate":
            severity = Severity.ERROR
        return Finding(
            id=f"code.{kind}[{code}@{','.join(forms)}:{found}]",
            rule=f"code.{kind}",
            severity=severity,
            kind="code",
            form=forms[0],
            message="",
            places=tuple([Cell(f, code, self._columns[f]) for f in forms if code in self._report.rows_of(f)]),
            rows=tuple([(f, code) for f in forms]),
            expected=issue.expected,
            found=found,
            suggestion=issue.suggestion,
            words=_CodeWords(Unit.WAN, tuple([self._names[f] for f in forms]), issue, catalogue),
        )


@dataclass(slots=True)
class _CodeWords(Words):
    """An issue with a code or name, and the names of the forms that have it."""

    forms: tuple[str, ...]
    issue: CodeIssue
    catalogue: Catalogue

    def text(self) -> str:
        """Return the message."""
        return f"{'、'.join(self.forms)}：{issue_message(self.issue, self.catalogue)}"


def _printed_rows(report: Report, form: Form) -> Iterator[list[tuple[str, str]]]:
    """Yield the (code, name) rows that stand below each other in print: the whole form, or each of its blocks."""
    rows = report.rows_of(form.id)
    if not form.blocks:
        yield [(base(r) if "#" in r else r, name) for r, name in rows.named()]
        return
    for block in form.blocks:
        yield [(base(r), name) for r, name in rows.named() if form.block_of(r) is block]
