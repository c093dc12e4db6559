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


#: Text without forms, in shapes that offices publish: one section, a lone paragraph, sections after a lost heading.
SHORT = {
    "one section": (
        "青山县文化馆2022年度部门决算\n第三部分 决算情况说明\n一、收入决算情况说明\n"
        "本年收入合计100.00万元，其中：财政拨款收入100.00万元，占100%。\n"
    ),
    "paragraph": (
        "青山县人民政府办公室\n2022年度“三公”经费决算情况\n"
        "2022年度“三公”经费决算4.50万元，公务接待费4.50万元。较上年决算数减少0.50万元，下降10.00%。\n"
    ),
    "no title": (
        "（一）本单位2022年度总收入100.00万元，其中本年收入90.00万元，较2021年度决算数减少10.00万元，下降10%。\n"
    ),
}


@pytest.mark.parametrize("shape", SHORT)
def test_a_short_text_of_a_final_account_is_read(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SHORT[shape], encoding="utf-8")
    imported = import_any(path)
    assert imported.report.year == 2022
    assert not imported.report.amounts


BUDGETS = (
    "青山县司法局2022年“三公”经费预算情况\n一、2022年一般公共预算“三公”经费支出预算表\n单位：万元\n“三公”经费合计|\n因公出国（境）费|\n79|\n0|\n"
    "二、2022年一般公共预算“三公”经费支出预算情况说明\n青山县司法局2022年“三公”经费支出预算为79万元，比上年预算减少9万元。\n",
    "2022年本部门财政拨款安排“三公”经费50.40万元，比上年减少1.40万元，下降2.70%，主要原因是接待费支出减少。\n",
    "四、财政拨款收支预算情况说明\n2022年财政拨款收支总预算7,057,486.18元。\n五、一般公共预算支出情况说明\n2022年一般公共预算拨款支出7,034,418.94元。\n",
)


@pytest.mark.parametrize("text", BUDGETS)
def test_a_budget_is_no_final_account(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="没有找到决算公开的报表"):
        import_any(path)


def test_whole_amounts_numbers_of_rows_and_blanks_in_a_list_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "一、2021年度一般公共预算财政拨款“三公”经费支出决算表\n单位：万元\n项 目|\n预 算 数|\n决 算 数|\n"
        "合 计|\n49.9|\n7.69|\n"
        "1.因公出国（境）费|\n20|\n|\n2.公务接待费|\n14.9|\n5.21|\n3.公务用车购置及运行维护费|\n15|\n2.48|\n"
        "（1）公务用车运行维护费|\n15|\n2.48|\n（2）公务用车购置费|\n",
        encoding="utf-8",
    )
    amounts = {c.col: value // 10_000 for c, value in import_any(path).report.amounts.items() if value}
    assert amounts == {
        "budget_total": 4990, "outturn_total": 769, "budget_abroad": 2000, "budget_reception": 1490,
        "outturn_reception": 521, "budget_vehicles": 1500, "outturn_vehicles": 248, "budget_running": 1500,
        "outturn_running": 248,
    }  # fmt: skip


def test_a_list_of_three_public_expenses_with_whole_amounts_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "青山县文化馆2021年度一般公共预算财政拨款“三公”经费支出决算情况说明\n"
        "一、2021年度一般公共预算财政拨款“三公”经费支出决算表\n单位：万元\n|\n项 目|\n预 算 数|\n决 算 数|\n|\n"
        "合 计|\n46|\n37.37|\n|\n因公出国（境）费|\n0|\n0|\n|\n公务接待费|\n1|\n2.14|\n|\n"
        "公务用车购置及运行维护费|\n45|\n35.23|\n|\n其中：公务用车运行维护费|\n15|\n17.07|\n|\n公务用车购置费|\n30|\n18.16|\n"
        "二、2021年度一般公共预算财政拨款“三公”经费支出情况说明\n青山县文化馆2021年度“三公”经费支出预算为46万元，支出决算为37.37万元。\n",
        encoding="utf-8",
    )
    report = import_any(path).report
    assert report.department == "青山县文化馆"
    amounts = {c.col: value // 10_000 for c, value in report.amounts.items() if value}
    assert amounts == {
        "budget_total": 4600, "outturn_total": 3737, "budget_reception": 100, "outturn_reception": 214,
        "budget_vehicles": 4500, "outturn_vehicles": 3523, "budget_running": 1500, "outturn_running": 1707,
        "budget_purchase": 3000, "outturn_purchase": 1816,
    }  # fmt: skip


WITHIN = """青山县文化馆2022年度部门决算
第二部分 2022年度部门决算表
财政拨款“三公”经费、行政参公单位机关运行经费情况表
公开10表
部门：青山县文化馆\t\t金额单位：元
项  目\t行次\t预算数\t全年预算数\t决算统计数
栏  次\t\t1\t2\t3
一、“三公”经费支出\t1\t—\t—\t—
（一）支出合计\t2\t30000\t31000\t17480.00
1.因公出国（境）费\t3\t\t\t
2.公务用车购置及运行维护费\t4\t25000\t25000\t15000
（1）公务用车购置费\t5\t\t\t
（2）公务用车运行维护费\t6\t25000\t25000\t15000
3.公务接待费\t7\t5000\t6000\t2480.00
（1）国内接待费\t8\t—\t—\t2480.00
（二）相关统计数\t11\t—\t—\t—
5.国内公务接待批次（个）\t16\t—\t—\t4
二、机关运行经费\t21\t—\t—\t300000.00
注：“三公”经费为单位使用当年财政拨款安排的费用支出。
"""


@pytest.mark.parametrize("blanks", ["\t", "   "])
def test_three_public_expenses_within_another_table_are_read(tmp_path: Path, blanks: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(WITHIN.replace("\t", blanks), encoding="utf-8")
    amounts = {c.col: value // 100 for c, value in import_any(path).report.amounts.items() if c.form == "09" and value}
    assert amounts == {
        "budget_total": 31000, "outturn_total": 17480, "budget_vehicles": 25000, "outturn_vehicles": 15000,
        "budget_running": 25000, "outturn_running": 15000, "budget_reception": 6000, "outturn_reception": 2480,
    }  # fmt: skip


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
        ("青山县文化馆2021年度一般公共预算财政拨款“三公”经费支出决算", "青山县文化馆", 2021),
        ("青山县人民政府办公室\n2021年度“三公”经费决算", "青山县人民政府办公室", 2021),
        ("青山县临江乡中心学校部门2020年度部门决算", "青山县临江乡中心学校", 2020),
    ],
)
def test_the_first_lines_name_department_and_year(line: str, name: str, year: int) -> None:
    lines = [SourceLine(text, f"第 {at} 行") for at, text in enumerate(line.split("\n"), 1)]
    assert head(passages(lines)) == (name, year)
