"""The order of findings in the list, known for each without looking at the others. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report
from desktopapp.core.template import Cell

Key = tuple[int, int, int, str]


class Order:
    """Keys that sort the findings of one severity as ``sort_findings`` does: by form, then by place.

    Rows are numbered once for each form; make a new order when rows have been inserted or removed.
    """

    def __init__(self, report: Report | None = None) -> None:
        self._report = report
        self._forms = {f.id: i for i, f in enumerate(report.template.forms)} if report is not None else {}
        self._rows: dict[str, dict[str, int]] = {}
        self._homes: Mapping[str, Finding] = {}

    def with_homes(self, homes: Mapping[str, Finding]) -> Order:
        """Return the order in which each finding (by id) stands right below another; rows stay numbered as they are."""
        found = Order(self._report)
        found._rows, found._homes = self._rows, homes
        return found

    def section(self, finding: Finding) -> Severity:
        """Return the severity under whose head a finding stands."""
        home = self._homes.get(finding.id)
        return finding.severity if home is None else home.severity

    def key(self, finding: Finding) -> Key:
        """Return the key of a finding."""
        home = self._homes.get(finding.id)
        if home is not None:
            form, above, column, name = self.key(home)
            # Right behind the one above, as nothing else begins with its id.
            return form, above, column, f"{name}\0{finding.id}"
        row, column = self._position(finding.places[0]) if finding.places else (-1, -1)
        return self._forms.get(finding.form, 99), row, column, finding.id

    def _position(self, cell: Cell) -> tuple[int, int]:
        if self._report is None:
            return -1, -1
        form = self._report.template.form(cell.form)
        rows = self._rows.get(cell.form)
        if rows is None:
            keys = self._report.row_keys(form, cell.form)
            rows = self._rows[cell.form] = {row: i for i, row in enumerate(keys)}
        columns = [c.key for c in form.columns_of(cell.row)]
        return rows.get(cell.row, -1), columns.index(cell.col) if cell.col in columns else -1
