"""Checks of printed codes and names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.catalogue import Catalogue, Entry, Levels
from desktopapp.core.catalogue_checks import CodeIssue, check_codes, issue_message

LEVELS = Levels((3, 5, 7))


def entry(code: str, name: str, **more: object) -> Entry:
    return Entry(code, name, LEVELS.level(code), **more)  # type: ignore[arg-type]


CATALOGUE = Catalogue(
    "functional",
    2024,
    (
        entry("201", "一般公共服务支出"),
        entry("20103", "政府办公厅（室）及相关机构事务"),
        entry("2010301", "行政运行"),
        entry("2010350", "事业运行"),
        entry("20140", "信访事务", evidence="unconfirmed", first=2024),
        entry("206", "科学技术支出"),
        entry("20604", "技术研究与开发"),
        entry("207", "文化旅游体育与传媒支出", first=2019),
        entry("311", "对企业补助（基本建设）"),
        entry("312", "对企业补助"),
        entry("20199", "地方科目", evidence="office"),
    ),
    other_years=(
        entry("2010308", "信访事务", last=2023, successor="20140"),
        entry("207", "文化体育与传媒支出", last=2018),
    ),
)
ROWS = [(e.code, e.name) for e in CATALOGUE.entries]


def check(*rows: tuple[str, str]) -> list[CodeIssue]:
    return check_codes(rows, CATALOGUE)


def brief(issues: list[CodeIssue]) -> list[tuple[str, str, str, str]]:
    return [(i.kind, i.code, i.expected, i.found) for i in issues]


def test_a_proper_form_has_no_issue() -> None:
    assert check(*ROWS) == []
    assert check() == []


def test_malformed_codes_are_told_once() -> None:
    issues = check(("201", "一般公共服务支出"), ("2010", "事务"), ("", "行政运行"), ("２０６", "科学技术支出"))
    assert [(i.kind, i.code, i.position) for i in issues] == [
        ("malformed", "2010", 1),
        ("malformed", "", 2),
        ("malformed", "２０６", 3),
    ]


def test_unknown_code_of_another_year_names_its_successor() -> None:
    unknown = [i for i in check(*ROWS[:3], ("2010308", "信访事务"), *ROWS[3:]) if i.kind == "unknown"]
    assert [(i.code, i.found, i.severity) for i in unknown] == [("2010308", "信访事务", "warning")]
    message = issue_message(unknown[0], CATALOGUE)
    assert "2023年及以前为“信访事务”" in message
    assert "现为 20140" in message


def test_unknown_code_with_the_name_of_a_neighbour() -> None:
    (issue,) = check(*ROWS[:3], ("2010305", "事业运行"))
    assert (issue.kind, issue.suggestion) == ("unknown", "2010350")
    assert "2010350" in issue_message(issue, CATALOGUE)


def test_unknown_is_only_information_in_a_year_without_confirmed_list() -> None:
    early = Catalogue("functional", 2015, CATALOGUE.entries, confirmed=False)
    issues = check_codes([("201", "一般公共服务"), ("299", "新类")], early)
    assert [(i.kind, i.severity) for i in issues] == [("name", "info"), ("unknown", "info")]


def test_name_that_differs() -> None:
    (issue,) = check(("206", "科学技术支出"), ("20604", "技术与开发"))
    assert brief([issue]) == [("name", "20604", "技术研究与开发", "技术与开发")]
    assert (issue.severity, issue.truncated, issue.position) == ("warning", False, 1)
    assert issue_message(issue, CATALOGUE) == "科目 20604 的名称应为“技术研究与开发”，表中为“技术与开发”，请核对名称。"


def test_unconfirmed_name_is_information_and_that_of_the_office_a_warning() -> None:
    issues = check(("201", "一般公共服务支出"), ("20140", "信访与维稳"), ("20199", "别的科目"))
    assert [(i.code, i.severity) for i in issues] == [("20140", "info"), ("20199", "warning")]


def test_name_of_another_year_says_so() -> None:
    (issue,) = check(("207", "文化体育与传媒支出"))
    assert issue.other_year == CATALOGUE.other_years[1]
    assert "2018年及以前的名称" in issue_message(issue, CATALOGUE)


def test_name_cut_off_by_its_cell() -> None:
    (issue,) = check(("201", "一般公共服务支出"), ("20103", "政府办公厅（室）及相关机构"))
    assert (issue.kind, issue.truncated, issue.severity) == ("name", True, "info")
    assert "不完整" in issue_message(issue, CATALOGUE)


def test_the_whole_name_of_a_neighbour_is_not_a_cut() -> None:
    (issue,) = check(("311", "对企业补助"))
    assert (issue.truncated, issue.suggestion, issue.severity) == (False, "312", "warning")


def test_missing_name() -> None:
    (issue,) = check(("201", ""))
    assert (issue.kind, issue.truncated) == ("name", False)
    assert "没有名称" in issue_message(issue, CATALOGUE)


def test_missing_parents_are_told_once_each() -> None:
    issues = check(("2010301", "行政运行"), ("2010350", "事业运行"))
    assert brief(issues) == [
        ("parent_missing", "201", "一般公共服务支出", "2010301"),
        ("parent_missing", "20103", "政府办公厅（室）及相关机构事务", "2010301"),
    ]
    assert "请补上" in issue_message(issues[0], CATALOGUE)


def test_duplicates_are_no_matter_of_order() -> None:
    issues = check(*ROWS, ROWS[0])
    assert brief(issues) == [("duplicate", "201", "一般公共服务支出", "一般公共服务支出")]
    assert "重复" in issue_message(issues[0], CATALOGUE)


def test_one_stray_row_is_one_issue() -> None:
    issues = check(ROWS[-1], *ROWS[:-1])
    assert brief(issues) == [("order", "312", "311", "")]
    assert issue_message(issues[0], CATALOGUE) == "科目 312 没有按编码顺序排列，应排在 311 之后，请调整行的位置。"
    moved = check(*ROWS[1:], ROWS[0])
    assert brief(moved) == [("order", "201", "", "312")]
    assert "排在最前" in issue_message(moved[0], CATALOGUE)


@given(st.permutations(ROWS))
def test_moving_the_told_rows_puts_a_form_into_order(rows: list[tuple[str, str]]) -> None:
    issues = check(*rows)
    assert all(i.kind == "order" for i in issues)
    rest = [code for code, _ in rows if code not in {i.code for i in issues}]
    assert rest == sorted(rest)
    assert bool(issues) == (rows != ROWS)


@given(st.lists(st.tuples(st.text("2013０ x", max_size=8), st.text(max_size=6)), max_size=12))
def test_any_rows_give_issues_with_a_message(rows: list[tuple[str, str]]) -> None:
    issues = check(*rows)
    assert all(issue_message(i, CATALOGUE).endswith("。") for i in issues)
    assert [i.position for i in issues] == sorted(i.position for i in issues)
