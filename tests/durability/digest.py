"""A digest of a report, the same in the program under test and in the test."""

from __future__ import annotations

import json
from hashlib import sha256

from desktopapp.core.report import Report


def digest(report: Report) -> str:
    """Return a digest of everything in a report."""
    rows = {f: [(r, rows.name(r)) for r in rows] for f, rows in report.rows.items() if len(rows)}
    parts = (
        (report.template.id, report.year, report.department),
        sorted(report.amounts.items()),
        sorted(report.auto),
        sorted(rows.items()),
        sorted(report.grains.items()),
        sorted(k for k, on in report.settings.items() if on),
        json.dumps(report.fields, ensure_ascii=False, sort_keys=True),
    )
    return sha256(repr(parts).encode()).hexdigest()[:16]
