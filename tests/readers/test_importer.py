"""Reports from whole documents: tables, running text, both, none."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.core.report import Report
from desktopapp.core.template import LAST
from desktopapp.jobs import UserError, export_xlsx, import_any
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.readers.running_text import SOURCE_TEXT, head, restored
from tests.generators import published_report, the_template
from tests.readers.flat_noise import as_text


@pytest.fixture(scope="module")
def report() -> Report:
    made = published_report(11, the_template("hubei-2024"), rows=24, own_money=False)
    made.department = "江城市数据管理局"
    return made


def wanted(report: Report) -> dict[object, int]:
    return {c: a for c, a in report.amounts.items() if not c.form.startswith(LAST) and c.form != "S1"}


def test_text_is_read_with_template_year_and_department(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "决算.txt"
    path.write_text(as_text(report, 1), encoding="utf-8")
    imported = import_any(path)
    assert imported.report.template.id == "hubei-2024"
    assert imported.report.year == 2024
    assert imported.report.department == "江城市数据管理局"
    unsure = {c["place"] for c in imported.account["repaired"] if c["confidence"] < 0.9}
    differing = {c for c in wanted(report) if imported.report.amounts.get(c) != report.amounts[c]}
    assert len(differing) <= len(unsure)


def test_a_gb18030_file_reads_the_same(report: Report, tmp_path: Path) -> None:
    utf, gb = tmp_path / "a.txt", tmp_path / "b.txt"
    utf.write_text(as_text(report, 1), encoding="utf-8")
    gb.write_text(as_text(report, 1), encoding="gb18030")
    assert import_any(utf).report.amounts == import_any(gb).report.amounts


def test_our_own_workbook_comes_back_whole(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    export_xlsx(report, path)
    imported = import_any(path)
    assert wanted(imported.report) == wanted(report)
    assert imported.account["repaired"] == []
    assert SOURCE_TEXT not in imported.report.fields


def test_a_text_without_forms_keeps_its_words(tmp_path: Path) -> None:
    path = tmp_path / "说明.txt"
    path.write_text(
        "江城市数据管理局 2023 年决算公开说明\n第三部分 2023年度部门决算情况说明\n一、收入支出决算总体情况说明\n"
        "2023年度收、支总计100万元。\n二、收入决算情况说明\n2023年度收入合计100万元。\n三、支出决算情况说明\n"
        "2023年度支出合计100万元。\n",
        encoding="utf-8",
    )
    imported = import_any(path)
    assert imported.report.amounts == {}
    assert imported.report.department == "江城市数据管理局"
    assert any(p.section == "income" for p in restored(imported.report.fields[SOURCE_TEXT]))
    assert any("没有决算报表" in w for w in imported.account["warnings"])


@pytest.mark.parametrize("text", ["", "你好", "目录\n一、收入支出决算总表\n二、收入决算表\n"])
def test_a_file_without_forms_or_explanations_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.txt"):
        import_any(path)


def test_missing_and_wrong_files_get_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="找不到文件"):
        import_any(tmp_path / "没有.xlsx")
    with pytest.raises(UserError, match="文件夹"):
        import_any(tmp_path)
    with pytest.raises(UserError, match="没有模板"):
        bad = tmp_path / "a.txt"
        bad.write_text("x", encoding="utf-8")
        import_any(bad, "mars-2099")


@pytest.mark.parametrize(
    ("line", "name", "year"),
    [
        ("市政务服务和大数据管理局 2023 年决算公开说明", "市政务服务和大数据管理局", 2023),
        ("2024 年度武汉市数据局 部门决算公开", "武汉市数据局", 2024),
    ],
)
def test_the_first_lines_name_department_and_year(line: str, name: str, year: int) -> None:
    assert head(passages([SourceLine(line, "第 1 行")])) == (name, year)
