"""The table of key work, from tables and from lines."""

from __future__ import annotations

from pathlib import Path

from desktopapp import jobs
from desktopapp.readers.key_work import KeyWork, read_key_work
from desktopapp.readers.selfeval.rows import events
from desktopapp.readers.sources.model import Document
from tests.readers.selfeval.documents import document, plain, table, text, words

HEADER = "序号|重要事项|工作内容及目标|完成情况"


def read(found: Document) -> list[KeyWork]:
    return read_key_work(list(events(found)), words())


def values(found: list[KeyWork]) -> list[dict[str, str]]:
    return [row.values() for row in found]


def test_a_table_is_read_row_by_row_with_places() -> None:
    rows = [HEADER, "1|一网通办|扩面提质|已完成", "2|数据归集|归集 30 类|已完成，归集 31 类"]
    found = read(document(text("重点工作完成情况"), table(rows, 10), text("第五部分 名词解释")))
    assert values(found) == [
        {"matter": "一网通办", "goal": "扩面提质", "done": "已完成"},
        {"matter": "数据归集", "goal": "归集30类", "done": "已完成，归集31类"},
    ]
    assert [row.where for row in found] == ["第 11 行", "第 12 行"]


def test_a_row_cut_by_a_page_break_is_joined() -> None:
    first, rest = (
        [HEADER, "1|一网通办|扩面提质，", "2|数据|归集三十类数据，|已完"],
        ["||建立目录|成", "3|网站|改版|已完成"],
    )
    found = read(document(table(first), text("- 12 -"), table(rest, 40)))
    assert values(found)[1] == {"matter": "数据", "goal": "归集三十类数据，建立目录", "done": "已完成"}
    assert len(found) == 3


def test_other_headers_and_no_number() -> None:
    found = read(document(table(["重点工作|目标任务|落实情况", "一网通办|扩面|已落实"])))
    assert values(found) == [{"matter": "一网通办", "goal": "扩面", "done": "已落实"}]


def test_a_table_of_indicators_is_none() -> None:
    assert read(document(table(["一级指标|三级指标|年初目标值|完成情况|得分", "产出|办件|1|1|5"]))) == []


def test_lines_are_parted_by_their_widths_and_first_words() -> None:
    lines = """序号 重要事项 工作内容及目标 完成情况
1
加快推进“一
件事一次办”
围绕个人和企业两个全生命周期，
推进“一件事一次办”，
办理 30 个事项。
已完成
办理了 31 个事项，跑动次数
压减至最多跑 1 次。
- 12 -
2
深化“放管服
”改革
聚焦高频政务服务事项，推进
跨市通办。
已完成
第五部分 名词解释
1
其他
"""
    assert values(read(plain(lines))) == [
        {
            "matter": "加快推进“一件事一次办”",
            "goal": "围绕个人和企业两个全生命周期，推进“一件事一次办”，办理 30 个事项。",
            "done": "已完成办理了 31 个事项，跑动次数压减至最多跑 1 次。",
        },
        {"matter": "深化“放管服”改革", "goal": "聚焦高频政务服务事项，推进跨市通办。", "done": "已完成"},
    ]


def test_the_published_tables_are_read(shared_dir: Path) -> None:
    for seed, count, last in (
        ("000", 9, "对进入市公共资源交易平台交易的工程建设项目招投标行为加强监督检查"),
        ("001", 4, "数字化转型持续推进"),
    ):
        (path,) = (shared_dir / "seeds").glob(f"{seed}_*.txt")
        imported = jobs.import_any(path)
        rows = imported.report.fields["input.key_work"]
        assert isinstance(rows, list) and len(rows) == count
        assert rows[-1]["matter"].startswith(last)
        assert all(set(row) == {"matter", "goal", "done"} and row["done"].startswith("已完成") for row in rows)
        told = [f for f in imported.account["facts"] if f["table"] == "key_work"]
        assert len(told) == 3 * count and all(f["where"] for f in told)
