"""Lists of indicators in, the same lists with scores out."""

from __future__ import annotations

import csv
import datetime
import io
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from desktopapp.writers.score_csv import ScoreTableError, score_table

NOTATIONS = Path(__file__).parents[1] / "data" / "performance" / "notations.csv"
ROWS = "indicator,weight,target,actual\n培训次数,4,≥8次,6次\n社会影响,5,明显,明显\n应用场景,2,≥7个,6个\n"


def scored(folder: Path, data: str | bytes) -> str:
    source = folder / "list.csv"
    source.write_bytes(data.encode() if isinstance(data, str) else data)
    out = io.StringIO()
    score_table(source, out)
    return out.getvalue()


def test_the_same_rows_with_a_score(tmp_path: Path) -> None:
    assert scored(tmp_path, ROWS) == (
        "indicator,weight,target,actual,score\n培训次数,4,≥8次,6次,3\n社会影响,5,明显,明显,\n应用场景,2,≥7个,6个,1.71\n"
    )


def test_it_counts_the_indicators(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("某局指标清单\n\n" + ROWS, encoding="utf-8")
    out = io.StringIO()
    assert score_table(source, out) == 3
    assert out.getvalue().splitlines()[0] == "某局指标清单"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str, ending: str) -> None:
    text = ROWS.replace(",", delimiter).replace("\n", ending)
    lines = scored(tmp_path, text.encode(encoding)).splitlines()
    assert [line.split(delimiter)[-1] for line in lines] == ["score", "3", "", "1.71"]


@pytest.mark.parametrize(
    "heading",
    [
        "三级指标,分值,年初目标值（A）,实际完成值（B）",
        "指标,权重,目标值,实际值",
        " 指标名称 ,指标 分值,年度指标值,全年实际值",
        "Indicator,WEIGHT,Target,Actual",
        "绩效指标,权重（分）,目标值,实际完成情况",
    ],
)
def test_headings(tmp_path: Path, heading: str) -> None:
    lines = scored(tmp_path, heading + "\n培训次数,4分,≥8次,6次\n").splitlines()
    assert lines[1].endswith(",3")


def test_columns_may_stand_anywhere_and_unit_and_level_help(tmp_path: Path) -> None:
    text = "序号,一级指标,二级指标,三级指标,计量单位,实际值,目标值,权重,备注\n"
    text += "1,产出,数量指标,访问量,万次,4000000次,≥500,5,无\n"
    assert scored(tmp_path, text).splitlines()[1].split(",")[-1] == "4"


def test_signs_and_changed_targets_in_columns_of_their_own(tmp_path: Path) -> None:
    head = "指标名称,度量单位,指标性质,年初指标值,调整指标值,全年完成值,权重\n"
    lines = scored(tmp_path, f"{head}培训次数,次,≥,6,5,4,10\n差错率,%,<=,5,,10,10\n效果,,定性,优,,优,10\n").splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["score", "8", "5", ""]


def test_notations_of_many_regions() -> None:
    """Signs in words, units, rates, dates, names that hold figures: as offices write them; "" where no rule applies."""
    out = io.StringIO()
    assert score_table(NOTATIONS, out) > 1000
    for row in csv.DictReader(io.StringIO(out.getvalue())):
        assert row["score"] == row["expected"], row


def test_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["填表说明"])
    sheet = book.create_sheet("清单")
    sheet.append(["2023年度指标清单"])
    sheet.merge_cells("A1:D1")
    sheet.append(["指标名称", "权重", "目标值", "实际值"])
    sheet.append(["覆盖率", 5, 0.95, 0.9025])
    sheet["C3"].number_format, sheet["D3"].number_format = "0%", "0.00%"
    sheet.append(["培训次数", 4, "≥8次", 6])
    sheet.append(["完成时间", 4, datetime.date(2023, 12, 31), datetime.date(2023, 12, 20)])
    book.save(tmp_path / "清单.xlsx")
    out = io.StringIO()
    assert score_table(tmp_path / "清单.xlsx", out) == 3
    lines = out.getvalue().splitlines()
    assert lines[2] == "覆盖率,5,95%,90.25%,4.75"
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["score", "4.75", "3", ""]


def test_a_score_column_is_kept_under_another_name(tmp_path: Path) -> None:
    text = "indicator,weight,target,actual,score\n次数,4,≥8次,6次,4\n"
    row = next(csv.DictReader(io.StringIO(scored(tmp_path, text))))
    assert (row["score"], row["score_given"]) == ("3", "4")


def test_cells_come_back_as_they_were(tmp_path: Path) -> None:
    text = 'indicator,weight,target,actual\n"面积,平方米",1,"≥83,746.12 m²","83746.12\nm²"\n=1+1,1,≥2,1\n'
    rows = list(csv.reader(io.StringIO(scored(tmp_path, text))))
    assert rows[1] == ["面积,平方米", "1", "≥83,746.12 m²", "83746.12\nm²", "1"]
    assert rows[2] == ["=1+1", "1", "≥2", "1", "0.5"]


def test_short_rows_and_missing_weights_have_no_score(tmp_path: Path) -> None:
    lines = scored(tmp_path, "indicator,weight,target,actual\n次数,,≥8次,6次\n产出指标\n次数,高,1,1\n").splitlines()
    assert lines[1:] == ["次数,,≥8次,6次,", "产出指标,,,,", "次数,高,1,1,"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空文件"),
        (b"\n \n", "空文件"),
        (b"indicator,weight,target\nx,1,2\n", "缺少“实际值”列"),
        ("名称,数\nx,1\n".encode(), "缺少“指标”“权重（或分值）”“目标值”“实际值”列"),
        (b"PK\x03\x04\x00\x00", "不是文本文件"),
        (b"%PDF-1.7", "不是文本文件"),
        (b"\xff\xfe\x00", "编码"),
        (b"\x81\xff\xfd", "编码"),
        ("indicator,weight,target,actual\n面积,1,≥83,746.12 m²,80000\n".encode(), "第 2 行比表头多 1 格"),
        (("indicator,weight,target,actual\nx,1,2," + "9" * 200_000 + "\n").encode(), "不是有效的 CSV"),
    ],
)
def test_what_is_no_list_is_said_in_one_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes(data)
    out = io.StringIO()
    with pytest.raises(ScoreTableError, match=sentence) as caught:
        score_table(source, out)
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).endswith("。") or "）" in str(caught.value)
    assert out.getvalue() == ""


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ScoreTableError, match="找不到文件"):
        score_table(tmp_path / "none.csv", io.StringIO())
    with pytest.raises(ScoreTableError, match="无法读取"):
        score_table(tmp_path, io.StringIO())


def test_the_published_list(shared_dir: Path) -> None:
    out = io.StringIO()
    assert score_table(shared_dir / "expected" / "scores.csv", out) == 207
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    for row in rows:
        wanted, got = row["score_by_rule"], row["score"]
        assert bool(wanted) == bool(got), row
        assert not wanted or Fraction(wanted) == Fraction(got) == Fraction(row["score_given"]), row


@pytest.mark.parametrize("strange", ["\x85", "\u2028", "\x0b", "\x1c"])
def test_line_ends_that_only_some_programs_know_divide_no_row(tmp_path: Path, strange: str) -> None:
    text = f"某部门{strange}汇总{strange}表\n指标,权重,目标值,实际值\n培训次数,10,≥4次,3次\n"
    assert scored(tmp_path, text).splitlines()[-1] == "培训次数,10,≥4次,3次,7.5"
