"""The built-in lists and the lists of offices."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from desktopapp.core.catalogue import Catalogue, Levels, changed_between
from desktopapp.core.catalogue_checks import CodeIssue, check_codes
from desktopapp.store.catalogue_files import CatalogueError, Catalogues, load_catalogues
from desktopapp.store.office_lists import OfficeListError, load_office_list

CODES = Path(__file__).resolve().parents[2] / "resources" / "codes"


@pytest.fixture(scope="module", params=[2023, 2024, 2025, 2026])
def of_year(request: pytest.FixtureRequest) -> Catalogues:
    return load_catalogues(CODES, request.param)


class TestBuiltIn:
    def test_every_code_has_its_parents_in_every_year(self, of_year: Catalogues) -> None:
        for catalogue in (of_year.functional, of_year.economic):
            assert catalogue.confirmed
            orphans = [
                e.code
                for e in catalogue.entries
                if len(catalogue.ancestors(e.code)) != len(catalogue.levels.ancestors(e.code))
            ]
            assert orphans == []

    def test_every_list_passes_its_own_check(self, of_year: Catalogues) -> None:
        for catalogue in (of_year.functional, of_year.economic):
            assert check_codes([(e.code, e.name) for e in catalogue.entries], catalogue) == []

    def test_every_economic_code_has_a_side_like_its_class(self, of_year: Catalogues) -> None:
        economic = of_year.economic
        assert all(e.side for e in economic.entries)
        assert all(e.side == p.side for e in economic.entries if (p := economic.parent(e.code)))

    def test_codes_come_and_go_with_the_years(self) -> None:
        before, after = (load_catalogues(CODES, y).functional for y in (2023, 2024))
        assert "2010308" in before
        assert "2010308" not in after
        assert "20139" not in before
        assert "20139" in after
        changes = changed_between(before, after, ["201", "20103", "2010308"])
        assert [(e.code, e.successor) for e in changes.retired] == [("2010308", "20140")]
        assert {"20139", "20140"} <= {e.code for e in changes.added}
        assert changes.renamed == ()

    def test_a_successor_exists_in_the_year_after(self) -> None:
        functional = load_catalogues(CODES, 2023).functional
        ending = [e for e in functional.entries if e.successor]
        assert ending
        for entry in ending:
            assert entry.last is not None
            assert entry.successor in load_catalogues(CODES, entry.last + 1).functional

    def test_names_of_other_years(self) -> None:
        old, new = (load_catalogues(CODES, y).functional for y in (2018, 2023))
        assert not old.confirmed
        (issue,) = check_codes([("207", "文化体育与传媒支出")], new)
        assert issue.other_year is not None
        assert issue.other_year.last == 2018
        assert check_codes([("207", "文化体育与传媒支出")], old) == []


def issues_of(shared: Path, report: str) -> dict[str, list[CodeIssue]]:
    data = json.loads((shared / "expected" / f"{report}.json").read_text(encoding="utf-8"))
    catalogues = load_catalogues(CODES, data["year"])
    issues = {}
    for form, content in data["forms"].items():
        rows = [(r["code"], r["name"]) for r in content.get("rows", ())]
        catalogue: Catalogue = catalogues.economic if form == "06" else catalogues.functional
        issues[form] = check_codes(rows, catalogue)
    return issues


class TestPublishedReports:
    def test_report_of_2023_has_no_issue(self, shared_dir: Path) -> None:
        issues = issues_of(shared_dir, "000")
        assert len(issues) >= 4
        assert not any(issues.values())

    def test_report_of_2024_misnames_one_section_and_its_item(self, shared_dir: Path) -> None:
        issues = issues_of(shared_dir, "001")
        real = {
            (form, i.kind, i.severity, i.code, i.found)
            for form, found in issues.items()
            for i in found
            if not i.truncated
        }
        assert real == {
            ("02", "name", "warning", "20604", "技术与开发"),
            ("02", "name", "warning", "2060499", "其他技术与开发支出"),
            ("03", "name", "warning", "20604", "技术与开发"),
            ("03", "name", "warning", "2060499", "其他技术与开发支出"),
            ("05", "name", "warning", "20604", "研究与开发"),
            ("05", "name", "warning", "2060499", "其他研究与开发支出"),
        }
        assert all(i.severity == "info" for found in issues.values() for i in found if i.truncated)


class TestMalformedLists:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return shutil.copytree(CODES, tmp_path / "codes")

    def refused(self, folder: Path, *parts: str) -> None:
        with pytest.raises(CatalogueError) as caught:
            load_catalogues(folder, 2024)
        assert all(p in str(caught.value) for p in parts), str(caught.value)

    def test_missing_file(self, folder: Path) -> None:
        (folder / "economic.csv").unlink()
        self.refused(folder, "economic.csv")
        self.refused(folder / "nowhere", "codes.toml")

    def test_bad_index(self, folder: Path) -> None:
        (folder / "codes.toml").write_text("[functional]\nfile = 3\n", encoding="utf-8")
        self.refused(folder, "codes.toml", "functional", "file")
        (folder / "codes.toml").write_text("[functional", encoding="utf-8")
        self.refused(folder, "codes.toml", "格式有误")

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("3010,甲,personnel,,,published,,,,", "3010"),
            ("30198,,personnel,,,published,,,,", "没有名称"),
            ("30198,甲,personnel,,,published", "第112行"),
            ("30198,甲,personnel,abc,,published,,,,", "第112行"),
            ("30198,甲,left,,,published,,,,", "left"),
            ("30101,甲,personnel,,,published,,,,", "重复"),
        ],
    )
    def test_bad_row(self, folder: Path, line: str, said: str) -> None:
        path = folder / "economic.csv"
        path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
        self.refused(folder, "economic.csv", said)

    def test_missing_column(self, folder: Path) -> None:
        path = folder / "functional.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        path.write_text("\n".join(r[0] for r in rows), encoding="utf-8")
        self.refused(folder, "functional.csv", "evidence")


def workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def pairs(path: Path, levels: Levels | None = None) -> list[tuple[str, str]]:
    return [(e.code, e.name) for e in load_office_list(path, levels)]


EXPECTED = [("201", "一般公共服务支出"), ("20103", "政府办公厅（室）及相关机构事务"), ("2010301", "行政运行")]


class TestOfficeList:
    def test_workbook_with_title_numbers_and_other_columns(self, tmp_path: Path) -> None:
        path = workbook(
            tmp_path / "科目.xlsx",
            [
                ["2024年支出功能分类科目"],
                [],
                ["单位编码", "科目编码", "单位名称", "科目名称"],
                [1, 2, 3, 4],
                ["001", 201, "甲局", "一般公共服务支出"],
                ["001", "20103", "甲局", " 政府办公厅（室）及相关机构事务"],
                ["001", 2010301.0, "甲局", "行政运行"],
                [None, None, None, "合计"],
            ],
        )
        assert pairs(path) == EXPECTED
        (first, *_) = load_office_list(path)
        assert (first.level, first.evidence) == ("class", "office")

    def test_separate_columns_of_class_section_and_item(self, tmp_path: Path) -> None:
        printed_once: list[list[object]] = [
            ["科目编码", None, None, "科目名称"],
            ["类", "款", "项", None],
            ["201", None, None, "一般公共服务支出"],
            [None, "03", None, "政府办公厅（室）及相关机构事务"],
            [None, None, "01", "行政运行"],
            ["206", None, None, "科学技术支出"],
            [None, 4, None, "技术研究与开发"],
        ]
        path = workbook(tmp_path / "a.xlsx", printed_once)
        assert pairs(path) == [*EXPECTED, ("206", "科学技术支出"), ("20604", "技术研究与开发")]
        repeated: list[list[object]] = [
            ["类", "款", "项", "名称"],
            [201, None, None, "一般公共服务支出"],
            [201, 20103, None, "政府办公厅（室）及相关机构事务"],
            [201, 20103, 2010301, "行政运行"],
        ]
        assert pairs(workbook(tmp_path / "b.xlsx", repeated)) == EXPECTED

    def test_all_sheets_are_read(self, tmp_path: Path) -> None:
        head: list[object] = ["编码", "名称"]
        rows: list[list[list[object]]] = [[head, list(pair)] for pair in EXPECTED]
        assert pairs(workbook(tmp_path / "a.xlsx", [["说明"]], *rows)) == EXPECTED

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("separator", [",", "\t", ";"])
    def test_text_files(self, tmp_path: Path, encoding: str, separator: str) -> None:
        path = tmp_path / "科目.csv"
        lines = [separator.join(row) for row in [("科目代码", "科目名称"), *EXPECTED]]
        path.write_text("\r\n".join(lines), encoding=encoding)
        assert pairs(path) == EXPECTED

    def test_a_repeated_row_is_passed_over(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("编码,名称\n201,一般公共服务支出\n201,一般公共 服务支出\n", encoding="utf-8")
        assert pairs(path) == EXPECTED[:1]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("编码,说明\n201,一般公共服务支出\n", "找不到“科目编码”和“科目名称”两列"),
            ("科目编码及名称,金额\n201一般公共服务支出,3\n", "找不到"),
            ("", "找不到"),
            ("编码,名称\n", "没有科目"),
            ("编码,名称\n2010,甲\n", "第2行的科目编码“2010”"),
            ("编码,名称\n201,\n", "第2行的科目 201 没有名称"),
            ("编码,名称\n201,甲\n201,乙\n", "两个名称"),
        ],
    )
    def test_refusals_name_the_place(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "科目.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(OfficeListError, match=said):
            load_office_list(path)

    def test_levels_of_the_classification(self, tmp_path: Path) -> None:
        path = tmp_path / "科目.csv"
        path.write_text("编码,名称\n3010101,甲\n", encoding="utf-8")
        with pytest.raises(OfficeListError, match="不是3、5位数字"):
            load_office_list(path, Levels((3, 5)))

    def test_files_that_are_no_lists(self, tmp_path: Path) -> None:
        (tmp_path / "a.docx").write_bytes(b"x")
        (tmp_path / "a.xlsx").write_bytes(b"not a workbook")
        (tmp_path / "a.csv").write_bytes(b"\xff\xff\x81\x00\xff")
        for name, said in {
            "a.docx": "xlsx、xls、ods 或 csv",
            "a.xlsx": "打不开",
            "a.csv": "编码",
            "b.csv": "读不到",
        }.items():
            with pytest.raises(OfficeListError, match=said):
                load_office_list(tmp_path / name)

    def test_the_list_counts_before_the_built_in_one(self, tmp_path: Path) -> None:
        path = tmp_path / "科目.csv"
        path.write_text("编码,名称\n20604,研究与开发\n2010398,新增事务\n", encoding="utf-8")
        built_in = load_catalogues(CODES, 2024).functional
        own = Catalogue("functional", 2024, tuple(load_office_list(path)))
        merged = own.merged_with(built_in)
        rows = [("206", "科学技术支出"), ("20604", "研究与开发")]
        assert check_codes(rows, merged) == []
        assert [i.kind for i in check_codes(rows, built_in)] == ["name"]
        assert "2010398" in merged
        assert len(merged) == len(built_in) + 1
