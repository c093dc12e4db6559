"""The commands that rest on the solver: ``round``, and ``check --suspects``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktopapp import jobs
from desktopapp.cli import main
from desktopapp.core.amount import PUBLISHED_GRAIN, round_to
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import typed
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.rounding import plan_from_json, stored_plan, total_cells
from desktopapp.core.template import LAST, Cell
from desktopapp.store.report_file import create
from tests.generators import exact_report, published_report, the_book

#: Typed as 1,338.50 in place of 1,383.50.
SWAPPED, WRONG = Cell("03", "2010301", "basic"), 1_338_500_000


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words], prog_name="juesuan")


def suspects(path: Path) -> list[dict[str, Any]]:
    result = run("check", path, "--suspects", "--format", "json")
    assert result.exit_code in (0, 1), result.output
    found = json.loads(result.stdout)["suspects"]
    assert isinstance(found, list)
    return found


def residuals(report: Report) -> list[str]:
    """Return the relations that do not hold to the last digit."""
    checker = Checker(report, the_book())
    return [r.id for r in checker.open_relations() if checker.verdict(r) in (Verdict.ROUNDING, Verdict.VIOLATED)]


@pytest.fixture
def exact(tmp_path: Path) -> Path:
    """Return a report file in which every relation holds to the 分."""
    path = tmp_path / "准确.juesuan"
    create(path, exact_report(5))
    return path


# ── round ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_exact_report_is_rounded_so_that_everything_adds_up(exact: Path, tmp_path: Path) -> None:
    out = tmp_path / "公布.juesuan"
    result = run("round", exact, "--out", out)
    assert result.exit_code == 0, result.output
    before, after = jobs.open_report(exact), jobs.open_report(out)
    assert residuals(after) == []
    assert all(a % PUBLISHED_GRAIN == 0 for a in after.amounts.values())
    for cell, amount in before.amounts.items():
        assert abs((after.get(cell) or 0) - amount) < PUBLISHED_GRAIN
    plan = stored_plan(after)
    assert plan is not None
    lines = result.stdout.splitlines()
    assert len(lines) == len(plan.departures) + 1
    assert f"其中 {len(plan.departures)} 个与四舍五入不同，没有尾差" in lines[-1]
    checked = run("check", out, "--format", "json")
    assert checked.exit_code == 0
    assert [f for f in json.loads(checked.stdout)["findings"] if f["severity"] in ("error", "rounding")] == []


def test_plain_rounding_lists_its_residuals(exact: Path, tmp_path: Path) -> None:
    out = tmp_path / "公布.json"
    result = run("round", exact, "--out", out, "--mode", "plain", "--format", "json")
    assert result.exit_code == 0, result.output
    plan = plan_from_json(json.loads(result.stdout))
    report = jobs.open_report(exact)
    assert plan.mode == "plain" and not plan.departures
    assert all(a == round_to(report.amounts[c], PUBLISHED_GRAIN) for c, a in plan.published.items())
    after = jobs.import_any(out).report
    left = set(residuals(after))
    assert left and left <= {name for name, _ in plan.residuals}
    told = run("round", exact, "--out", out, "--mode", "plain", "--overwrite")
    assert f"剩余 {len(plan.residuals)} 处尾差" in told.stdout


def test_totals_can_be_held(exact: Path, tmp_path: Path) -> None:
    result = run("round", exact, "--out", tmp_path / "公布.xlsx", "--pin-totals", "--format", "json")
    assert result.exit_code == 0, result.output
    plan = plan_from_json(json.loads(result.stdout))
    totals = total_cells(jobs.open_report(exact))
    assert plan.pinned and not any(d.cell in totals for d in plan.departures)
    assert not any(d.cell.form.startswith(LAST) for d in plan.departures)


def test_a_report_in_wan_needs_no_rounding(tmp_path: Path) -> None:
    path, out = tmp_path / "万元.juesuan", tmp_path / "公布.juesuan"
    create(path, published_report(5))
    result = run("round", path, "--out", out)
    assert result.exit_code == 0
    assert "没有需要舍入的金额" in result.stdout
    assert jobs.open_report(out).amounts == jobs.open_report(path).amounts


def test_nothing_is_overwritten_or_written_in_an_unknown_form(exact: Path, tmp_path: Path) -> None:
    out = tmp_path / "公布.json"
    out.write_text("我的文件", encoding="utf-8")
    for target in (out, tmp_path / "公布.txt"):
        result = run("round", exact, "--out", target)
        assert result.exit_code == 2
        assert result.stderr.startswith("错误：") and result.stderr.strip().endswith("。")
    assert out.read_text(encoding="utf-8") == "我的文件"
    assert not (tmp_path / "公布.txt").exists()


# ── check --suspects ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_report_without_errors_has_no_suspects(exact: Path, tmp_path: Path) -> None:
    published = tmp_path / "公布.juesuan"
    create(published, published_report(4))
    assert suspects(exact) == []
    assert suspects(published) == []


def test_a_slip_is_named_with_what_would_repair_it(tmp_path: Path) -> None:
    report = jobs.import_any(jobs.sample_path()).report
    right = report.get(SWAPPED)
    Engine(report, the_book()).apply(typed(SWAPPED, WRONG))
    path = tmp_path / "错.juesuan"
    create(path, report)
    found = suspects(path)
    (one,) = (s for s in found if s["places"] == ["03.2010301.c2"])
    assert {"places", "found", "suggested", "why", "repairs"} <= one.keys()
    assert (one["found"], one["suggested"]) == ("1338.50", "1383.50")
    assert right == 1_383_500_000
    assert "颠倒" in one["why"] and one["why"].endswith("。")
    listed = run("check", path, "--format", "json")
    errors = {f["rule"] for f in json.loads(listed.stdout)["findings"] if f["severity"] == "error"}
    assert one["repairs"] and set(one["repairs"]) <= errors
    assert "suspects" not in json.loads(listed.stdout)
    text = run("check", path, "--suspects").stdout
    assert "公开03表 2010301 行政运行 2栏“基本支出” 1,338.50 → 1,383.50" in text


def test_repairing_what_is_suspected_leaves_nothing(tmp_path: Path) -> None:
    report = exact_report(7)
    cell = next(c for c in sorted(report.amounts) if c.form == "03" and len(c.row) == 7)
    right = report.amounts[cell]
    engine = Engine(report, the_book())
    engine.apply(typed(cell, right * 10))
    first = jobs.suspected(report, engine.checker)[0]
    assert (first.places, first.suggested) == ((cell,), (right,))
    engine.apply(first.command())
    assert residuals(report) == []
    assert jobs.suspected(report, engine.checker) == []
