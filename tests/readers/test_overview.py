"""Duties, units, offices and staff out of the first part of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktopapp import jobs
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.readers.overview import Told, read_overview
from tests.readers.selfeval.documents import words

CONTENTS = "目录\n第一部分 概况\n一、主要职责\n二、机构设置\n第二部分 决算表\n"


def read(text: str) -> list[Told]:
    lines = [SourceLine(line, f"第 {at} 行") for at, line in enumerate(text.splitlines(), 1)]
    return read_overview(passages(lines), words())


def rows(found: list[Told], table: str) -> list[dict[str, Any]]:
    return [told.row for told in found if told.table == table]


def test_duties_are_lines_without_numbers() -> None:
    found = read(
        CONTENTS
        + "第一部分 江城市数据局概况\n一、主要职责\n1.负责数据管理工作。\n2、负责政务公开。\n（三）完成交办工作。\n"
        "二、机构设置\n本局是一级预算单位。\n"
    )
    assert rows(found, "overview") == [{"duties": "负责数据管理工作。\n负责政务公开。\n完成交办工作。"}]
    assert found[0].where == "第 8 行"


def test_secret_duties_are_taken_as_they_are_told() -> None:
    found = read("第一部分 概况\n一、部门主要职责\n部门职能属涉密信息，依法不予公开\n二、机构设置情况\n无下属单位。\n")
    assert rows(found, "overview") == [{"duties": "部门职能属涉密信息，依法不予公开"}]


def test_a_table_of_contents_with_page_numbers_holds_no_duties() -> None:
    contents = "目录\n第一部分 概况 ........ 3\n一、主要职责 .............. 3\n二、机构设置 …………………… 4\n"
    found = read(
        contents + "第一部分 概况\n一、主要职责\n1.负责数据管理工作。\n2.负责政务公开。\n二、机构设置\n本局一级。\n"
    )
    assert rows(found, "overview") == [{"duties": "负责数据管理工作。\n负责政务公开。"}]


@pytest.mark.parametrize(
    "listed",
    ["1. 江城市数据局(本级)\n2. 江城市信息中心\n", "江城市数据局（本级）、江城市信息中心。\n"],
)
def test_units_stand_below_each_other_or_in_one_line(listed: str) -> None:
    gap = "\n" if listed.startswith("1") else ""
    found = read(
        f"第一部分 概况\n一、主要职责\n负责数据。\n二、机构设置情况\n"
        f"纳入江城市数据局 2024 年度部门决算编制范围的二级预算单位包括：{gap}{listed}"
        "第二部分 决算表\n"
    )
    assert rows(found, "units") == [
        {"name": "江城市数据局（本级）", "kind": "own"},
        {"name": "江城市信息中心", "kind": "institution"},
    ]


def test_offices_with_brackets_stay_whole() -> None:
    found = read(
        "第一部分 概况\n一、主要职责\n负责数据。\n三、内部机构设置\n"
        "本局机关内设机构 3 个，包括：办公室、审批改革处（法规处、执法处）、机关党委。\n第二部分 决算表\n"
    )
    assert [r["name"] for r in rows(found, "offices")] == ["办公室", "审批改革处（法规处、执法处）", "机关党委"]


def test_staff_by_kind() -> None:
    found = read(
        "第一部分 概况\n一、主要职责\n负责数据。\n二、机构设置\n"
        "总编制人数 26 人，其中：行政编制 15 人，事业编制 11 人。"
        "在职实有人数 25 人，其中：行政编制 13 人，工勤编制 1 人。\n"
        "第二部分 决算表\n"
    )
    assert rows(found, "staff") == [
        {"key": "administrative", "authorised": 15, "actual": 13},
        {"key": "institution", "authorised": 11},
        {"key": "worker", "actual": 1},
    ]


def test_words_of_other_parts_are_not_taken() -> None:
    assert read("第三部分 情况说明\n一、主要职责\n负责数据。\n内设机构 2 个，包括：办公室、财务处。\n") == []


def test_the_published_overviews_are_read(shared_dir: Path) -> None:
    counts = {"000": (17, 1, 9, 0), "001": (1, 2, 0, 0), "002": (15, 1, 0, 3)}
    for seed, (duties, units, offices, staff) in counts.items():
        (path,) = (shared_dir / "seeds").glob(f"{seed}_*.txt")
        fields: dict[str, Any] = jobs.import_any(path).report.fields
        assert len(fields["input.overview"][0]["duties"].splitlines()) == duties
        assert [len(fields.get(f"input.{t}", [])) for t in ("units", "offices", "staff")] == [units, offices, staff]
