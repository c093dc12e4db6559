"""The JSON of a report: its shape, and that reading it back gives the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.commands import InsertRow, SetCells, SetSetting, typed
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, SINGLE_ROW, Cell
from desktopapp.readers.json_reader import load_json, report_from_json
from desktopapp.resources import resource_root
from desktopapp.writers.json_writer import report_json, report_json_text
from tests.core.actions import TEMPLATES, state
from tests.generators import exact_report, published_report, the_book, the_template


def again(report: Report) -> Report:
    """Return the report written as text and read back."""
    return report_from_json(json.loads(report_json_text(report)), report.template)


def this_year(report: Report) -> dict[str, Any]:
    """Return what the JSON of a report holds: all but last year, and not which cells compute themselves."""
    found = state(report)
    return {
        **found,
        "amounts": {c: a for c, a in found["amounts"].items() if not c.form.startswith(LAST)},
        "rows": {f: r for f, r in found["rows"].items() if not f.startswith(LAST)},
        "grains": {},
        "auto": set(),
    }


class TestShape:
    def test_as_documented(self) -> None:
        engine = Engine(new_report(the_template(), 2023, "某局"), the_book())
        engine.apply(InsertRow("02", "2010301", "行政运行"))
        engine.apply(
            SetCells(
                (
                    (Cell("01", "general", "amount"), 12_938_500_000, False),
                    (Cell("01", "201", "amount"), -10_000, False),
                    (Cell("04", "201", "fund"), 5_000_000, False),
                    (Cell("02", "2010301", "total"), 1_383_500_000, False),
                    (Cell("02", "total", "total"), 1_383_500_000, False),
                    (Cell("06", "30101", "amount"), 2_703_800_000, False),
                    (Cell("06", "public", "amount"), 1_000_000, False),
                    (Cell("09", SINGLE_ROW, "outturn_reception"), 920_000, False),
                )
            )
        )
        raw = report_json(engine.report)
        assert list(raw) == ["template", "year", "unit_name", "money_unit", "forms"]
        assert (raw["template"], raw["year"], raw["unit_name"], raw["money_unit"]) == (
            "hubei-2023",
            2023,
            "某局",
            "万元",
        )
        forms = raw["forms"]
        assert list(forms) == ["01", "02", "03", "04", "05", "06", "07", "08", "09"]
        assert forms["01"]["lines"][:2] == [
            {"side": "income", "line": 1, "label": "一、一般公共预算财政拨款收入", "values": {"1": "12938.50"}},
            {"side": "expense", "line": 32, "label": "一、一般公共服务支出", "values": {"2": "-0.01"}},
        ]
        assert len(forms["01"]["lines"]) == 62
        assert {"side": "income", "line": 30, "label": "", "values": {}} in forms["01"]["lines"]
        assert [e for e in forms["04"]["lines"] if e["values"]] == [
            {"side": "expense", "line": 33, "label": "一、一般公共服务支出", "values": {"4": "5.00"}}
        ]
        assert forms["02"] == {
            "rows": [{"code": "2010301", "name": "行政运行", "values": {"1": "1383.50"}}],
            "total": {"1": "1383.50"},
        }
        assert forms["03"] == {"rows": [], "total": {}}
        assert {"code": "30101", "name": "基本工资", "value": "2703.80"} in forms["06"]["rows"]
        assert {"code": "30102", "name": "津贴补贴"} in forms["06"]["rows"]
        assert forms["06"]["public_total"] == "1.00"
        assert "personnel_total" not in forms["06"]
        assert forms["09"] == {"values": {"12": "0.92"}}

    def test_settings_and_what_is_not_published_only_when_there(self) -> None:
        engine = Engine(new_report(the_template(), 2023), the_book())
        assert "settings" not in report_json(engine.report)
        engine.apply(SetSetting("all_administrative", True))
        engine.apply(typed(Cell("S1", "agency_running", "amount"), 10_000))
        raw = report_json(engine.report)
        assert raw["settings"] == {"all_administrative": True}
        assert raw["forms"]["S1"]["lines"][0]["values"] == {"1": "0.01"}

    def test_text(self) -> None:
        text = report_json_text(published_report(1, the_template(), 20))
        assert text.endswith("}\n")
        assert "一般公共预算" in text
        json.loads(text, parse_float=pytest.fail)


class TestThereAndBack:
    @given(
        st.integers(0, 10_000), st.sampled_from(TEMPLATES), st.sampled_from([12, 30, 60]), st.booleans(), st.booleans()
    )
    def test_generated_reports(self, seed: int, template_id: str, rows: int, exact: bool, on: bool) -> None:
        make = exact_report if exact else published_report
        report = make(seed, the_template(template_id), rows)
        report.settings["all_administrative"] = on
        back = again(report)
        assert this_year(back) == this_year(report)
        assert report_json_text(back) == report_json_text(report)
        if exact:
            assert all(back.grain(c.form) == EXACT_GRAIN for c in back.amounts if back.amounts[c] % 10_000)

    def test_doubled_rows_and_rows_of_ones_own(self) -> None:
        report = published_report(2, the_template(), 20, last_year=False)
        engine = Engine(report, the_book())
        engine.apply(InsertRow("03", "201#2", "重复的类", 1, automatic=False))
        engine.apply(typed(Cell("03", "201#2", "total"), 70_000))
        engine.apply(InsertRow("06", "307", "债务利息及费用支出"))
        if "201" not in report.rows_of("03"):
            engine.apply(InsertRow("03", "201", "类", 0, automatic=False))
        assert list(again(report).rows_of("03")) == list(report.rows_of("03"))
        assert again(report).amounts == report.amounts

    @pytest.mark.parametrize("name", ["000", "001"])
    def test_expected_reports(self, shared_dir: Path, name: str) -> None:
        raw = load_json(shared_dir / "expected" / f"{name}.json")
        report = report_from_json(raw, the_template(raw["template"]), name)
        written = report_json(report)
        assert _plain(written) == _plain(raw)

    def test_the_sample(self) -> None:
        raw = load_json(resource_root() / "samples" / "sample.json")
        assert report_json(report_from_json(raw, the_template(raw["template"]))) == raw


def _plain(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON report without what only documents how the source printed it, and without rows left empty.

    Labels cut off by their cells (001) are printed in full by the template; code_printed, name_full and name_in_05
    tell what stood in the source.
    """
    forms: dict[str, Any] = {}
    for form_id, body in raw["forms"].items():
        plain = {k: v for k, v in body.items() if k not in ("lines", "rows")}
        if "lines" in body:
            lines = [(e["side"], e["line"], e["values"]) for e in body["lines"] if e["values"]]
            plain["lines"] = sorted(lines, key=lambda e: (e[0], e[1]))
        if "rows" in body:
            plain["rows"] = [
                (e["code"], e["name"], e.get("values"), e.get("value"))
                for e in sorted(body["rows"], key=lambda e: e["code"])
                if e.get("values") or e.get("value")
            ]
        forms[form_id] = plain
    return {**{k: v for k, v in raw.items() if k != "forms"}, "forms": forms}
