"""Self-evaluation forms that this program printed come back as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from desktopapp import jobs
from desktopapp.core.performance.selfeval import (
    Execution,
    FormKind,
    Fund,
    Goal,
    GroupWeight,
    Head,
    Indicator,
    SelfEvaluation,
)
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.narrative.selfeval_layouts import FormLayout
from desktopapp.narrative.selfeval_tables import FIELD, stored_forms
from desktopapp.resources import resource_root
from desktopapp.store.outline_files import load_outline
from desktopapp.writers.xlsx_marker import MARKER_SHEET
from tests.generators import published_report, the_template

WAN = 1_000_000
PROJECT = SelfEvaluation(
    FormKind.PROJECT,
    Head("市民服务热线运行费", "江城市数据局", "热线办", "部门预算项目", "持续性项目", "常年性项目"),
    Execution(1200 * WAN, 1140 * WAN, "95%", 1900),
    (),
    (
        Indicator("产出指标", "数量指标", "受理来电数量", "", 1000, "≥30万件", "36万件", 1000),
        Indicator("产出指标", "数量指标", "回访件数", "", 2000, "≥1000件", "900件", 1800),
        Indicator("产出指标", "质量指标", "按时办结率", "", 2000, "≥95%", "97.3%", 2000),
        Indicator("效益指标", "社会效益指标", "提升便民程度，方便群众办事", "", 2000, "有效提升", "有效提升", 2000),
        Indicator("满意度指标", "服务对象满意度指标", "来电人满意度", "", 1000, "≥90%", "96%", 1000),
    ),
    (GroupWeight("产出指标", "", 5000), GroupWeight("产出指标", "数量指标", 3000), GroupWeight("满意度指标", "", 1000)),
    9700,
    "回访件数：年度目标值为≥1000件，实际完成900件，因人手不足。",
    "增加人手。",
)
DEPARTMENT = SelfEvaluation(
    FormKind.DEPARTMENT,
    Head("江城市数据局"),
    Execution(2000 * WAN, 2000 * WAN, "100%", 2000, basic_total=800 * WAN, project_total=1200 * WAN),
    (Goal(1, "提升效率。", 4000), Goal(2, "加强管理。", 4000)),
    (
        Indicator("产出指标", "数量指标", "办件数量", "", 4000, "≥100件", "98件", 3920, goal=1),
        Indicator("满意度指标", "服务对象满意度指标", "群众满意度", "", 4000, "≥90%", "93%", 4000, goal=2),
    ),
    (),
    9920,
    "办件数量未完成。",
    "加强管理。",
)


@pytest.mark.parametrize("kind", ["docx", "html", "pdf"])
def test_forms_come_back_from_our_documents(tmp_path: Path, kind: str) -> None:
    report = published_report(3, the_template("hubei-2024"), rows=6, own_money=False)
    report.department = "江城市数据局"
    # Without points, as other regions print them, the form is read all the same.
    bare = tuple(replace(i, name=i.name + "二", weight=None, score=None) for i in PROJECT.indicators)
    other = replace(PROJECT, head=replace(PROJECT.head, name="门户网站运行费"), indicators=bare, groups=(), total=None)
    report.fields[FIELD] = [to_json(f) for f in (DEPARTMENT, PROJECT, other)]
    path = tmp_path / f"决算.{kind}"
    jobs.export_documents(report, {kind: path})
    imported = jobs.import_any(path)
    assert stored_forms(imported.report) == (DEPARTMENT, PROJECT, other)
    assert all(f["unplaced"] == [] for f in imported.account["selfeval"])


def _in_layout(layout: FormLayout) -> SelfEvaluation:
    """Return a form that uses everything a layout has."""
    weights = "score" in layout.columns
    share = (100 - layout.execution_weight // 100) * 20
    lines = tuple(
        replace(
            line,
            name=f"{line.name}{layout.id}",
            unit="件" if "unit" in layout.columns else "",
            weight=share if weights else None,
            score=share if weights else None,
            remark="原因说明" if "remark" in layout.columns and at == 1 else "",
        )
        for at, line in enumerate(PROJECT.indicators)
    )
    funds = tuple(Fund(name, None, (at + 1) * WAN, (at + 1) * WAN) for at, name in enumerate(layout.funds))
    spent = sum(fund.executed or 0 for fund in funds) or 95 * WAN
    rate, full = "100%", layout.execution_weight
    initial = 80 * WAN if "initial" in layout.execution else None
    execution = Execution(spent, spent, rate, full if weights else None, full, initial=initial, funds=funds)
    return SelfEvaluation(
        FormKind.PROJECT,
        Head(f"网络安全经费{layout.id}", "江城市数据局", "热线办"),
        execution,
        (Goal(0, "保障安全。", done="保障了安全。" if "done" in layout.goal else ""),),
        lines,
        (),
        10000 if weights else None,
        layout="" if layout.id == "standard" else layout.id,
    )


@pytest.mark.parametrize("marked", [True, False])
def test_forms_and_key_work_come_back_from_a_workbook(tmp_path: Path, marked: bool) -> None:
    report = published_report(3, the_template("hubei-2024"), rows=6, own_money=False)
    layouts = load_outline(resource_root() / "templates", "hubei-2024").layouts
    forms = (DEPARTMENT, PROJECT, *(_in_layout(layout) for layout in layouts))
    work = [{"matter": "政务服务", "goal": "一网通办率90%", "done": "已完成"}]
    report.fields |= {FIELD: [to_json(f) for f in forms], "input.key_work": work}
    path = tmp_path / "公开表.xlsx"
    jobs.export_xlsx(report, path, tables=jobs.document_of(report).tables())
    if not marked:
        book = openpyxl.load_workbook(path)
        del book[MARKER_SHEET]
        book.save(path)
    found = jobs.import_any(path).report
    assert stored_forms(found) == forms
    assert found.fields["input.key_work"] == work


@pytest.mark.parametrize("kind", ["docx", "html", "pdf"])
def test_forms_of_every_layout_come_back(tmp_path: Path, kind: str) -> None:
    report = published_report(3, the_template("hubei-2024"), rows=6, own_money=False)
    report.department = "江城市数据局"
    layouts = load_outline(resource_root() / "templates", "hubei-2024").layouts
    forms = tuple(_in_layout(layout) for layout in layouts)
    report.fields[FIELD] = [to_json(f) for f in forms]
    path = tmp_path / f"决算.{kind}"
    jobs.export_documents(report, {kind: path})
    imported = jobs.import_any(path)
    assert stored_forms(imported.report) == forms
    assert all(f["unplaced"] == [] for f in imported.account["selfeval"])
