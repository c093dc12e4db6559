"""A layout renewed from the one before equals one made from scratch."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktopapp.core.amount import Unit
from desktopapp.core.layout import lay_out
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell, Template
from desktopapp.gui.forms.relaying import laid_out_again

CODES = [f"{k}{s:02}" for k in range(201, 234) for s in range(1, 8)]


def large(template: Template) -> Report:
    report = new_report(template, 2023, "示例局")
    rows = report.rows_of("07")
    for code in CODES[::2]:
        rows.insert(code, f"科目{code}", len(rows))
    return report


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["insert", "remove", "rename"]), st.sampled_from(CODES)), max_size=8),
    st.booleans(),
)
def test_renewed_equals_made_from_scratch(template: Template, steps: list[tuple[str, str]], filled: bool) -> None:
    report = large(template)
    form = template.form("07")
    before = lay_out(report, "07", Unit.WAN)
    rows = report.rows_of("07")
    for what, code in steps:
        if what == "insert" and code not in rows:
            rows.insert(code, "新科目", rows.place_for(code))
        elif what == "remove" and code in rows:
            rows.remove(code)
        elif what == "rename" and code in rows:
            rows.rename(code, "改名")
    if filled:
        report.amounts[Cell("07", "total", "total")] = 10_000
    assert laid_out_again(before, report, form, Unit.YUAN) == lay_out(report, "07", Unit.YUAN)
