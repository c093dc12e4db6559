"""The order of findings in the list, known for each without looking at the others. No Qt here."""

from __future__ import annotations

from desktopapp.core.findings import Finding
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

    def key(self, finding: Finding) -> Key:
        """Return the key of a finding."""
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
