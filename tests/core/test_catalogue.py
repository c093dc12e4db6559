"""Catalogues: codes, names, search, merging and the comparison of years."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.catalogue import Catalogue, Entry, Levels, changed_between
from desktopapp.core.catalogue_names import is_cut_off, names_match, normalise_name
from desktopapp.core.catalogue_search import initials

FUNCTIONAL = Levels((3, 5, 7))


def entry(code: str, name: str, **more: object) -> Entry:
    return Entry(code, name, FUNCTIONAL.level(code), **more)  # type: ignore[arg-type]


def catalogue(year: int = 2024, *more: Entry) -> Catalogue:
    entries = (
        entry("201", "一般公共服务支出"),
        entry("20103", "政府办公厅（室）及相关机构事务"),
        entry("2010301", "行政运行"),
        entry("2010350", "事业运行"),
        entry("206", "科学技术支出"),
        entry("20604", "技术研究与开发"),
        entry("2060401", "机构运行"),
        entry("2060499", "其他技术研究与开发支出"),
        entry("20601", "科学技术管理事务"),
        entry("2060101", "行政运行"),
        entry("21305", "巩固脱贫攻坚成果衔接乡村振兴", synonyms=("巩固脱贫衔接乡村振兴",)),
    )
    return Catalogue("functional", year, (*entries, *more))


def codes(found: list[Entry]) -> list[str]:
    return [e.code for e in found]


class TestLevels:
    def test_arithmetic_follows_the_lengths(self) -> None:
        assert FUNCTIONAL.ancestors("2010301") == ("201", "20103")
        assert FUNCTIONAL.parent("20103") == "201"
        assert FUNCTIONAL.parent("201") == ""
        assert [FUNCTIONAL.level(c) for c in ("201", "20103", "2010301")] == ["class", "section", "item"]
        assert Levels((3, 5)).title("30101") == "款"

    @pytest.mark.parametrize("text", ["", "2", "2010", "２０１", "20a", "²01", "20103 "])
    def test_what_is_not_a_code(self, text: str) -> None:
        assert not FUNCTIONAL.well_formed(text)

    def test_economic_codes_have_no_items(self) -> None:
        assert not Levels((3, 5)).well_formed("3010101")


class TestNames:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("政府办公厅（室）及相关机构事务", "政府办公厅(室)及相关机构事务"),
            ("行政 运行", "行政运行"),
            ("机关事业单位基本\n养老保险缴费支出", "机关事业单位基本养老保险缴费支出"),
            ("维修〔护〕费", "维修（护）费"),
            ("资源—勘探", "资源-勘探"),
            ("“三供一业”移交补助支出", '"三供一业"移交补助支出'),
            ("行政运行（项）", "行政运行"),
            ("⾏政运⾏", "行政运行"),
        ],
    )
    def test_prints_of_the_same_name(self, a: str, b: str) -> None:
        assert names_match(a, b)
        assert names_match(b, a)

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("技术与开发", "技术研究与开发"),
            ("研究与开发", "技术研究与开发"),
            ("对企业补助", "对企业补助（基本建设）"),
            ("退职费", "退职（役）费"),
            ("", "行政运行"),
        ],
    )
    def test_different_names(self, a: str, b: str) -> None:
        assert not names_match(a, b)

    @given(st.text(max_size=20))
    def test_normalising_twice_changes_nothing_but_stacked_level_marks(self, text: str) -> None:
        once = normalise_name(text)
        assert names_match(text, text + " ")
        assert normalise_name(once) == once or once.endswith(")")

    def test_a_cut_needs_four_characters(self) -> None:
        assert is_cut_off("因公出国（境）", "因公出国（境）费用")
        assert is_cut_off("政府办公厅(室)及相关机构", "政府办公厅（室）及相关机构事务")
        assert not is_cut_off("行政运", "行政运行")
        assert not is_cut_off("行政运行", "行政运行")
        assert not is_cut_off("技术与开发", "技术研究与开发")


class TestCatalogue:
    def test_family(self) -> None:
        c = catalogue()
        found = c.get("2010301")
        assert found is not None
        assert found.name == "行政运行"
        assert c.get("2010302") is None
        assert c.parent("2010301") == c.get("20103")
        assert c.parent("201") is None
        assert codes(list(c.ancestors("2010301"))) == ["201", "20103"]
        assert codes(list(c.children("20103"))) == ["2010301", "2010350"]
        assert codes(list(c.children(""))) == ["201", "206"]

    def test_full_name_has_the_levels(self) -> None:
        expected = "科学技术支出（类）技术研究与开发（款）其他技术研究与开发支出（项）"
        assert catalogue().full_name("2060499") == expected
        assert catalogue().full_name("2060498") == ""

    def test_refuses_doubled_and_malformed_codes(self) -> None:
        with pytest.raises(ValueError, match="twice"):
            catalogue(2024, entry("201", "别名"))
        with pytest.raises(ValueError, match="malformed"):
            Catalogue("economic", 2024, (entry("2010301", "行政运行"),))

    def test_the_list_of_the_office_counts_first(self) -> None:
        built_in = Catalogue(
            "economic",
            2024,
            (
                Entry("301", "工资福利支出", "class", "personnel"),
                Entry("30101", "基本工资", "section", "personnel", synonyms=("基本薪资",)),
                Entry("30102", "津贴补贴", "section", "personnel"),
            ),
        )
        own = Catalogue(
            "economic",
            2024,
            (
                Entry("30101", "基本工资 ", "section", evidence="office"),
                Entry("30102", "津补贴", "section", evidence="office"),
                Entry("30198", "新增支出", "section", evidence="office"),
            ),
        )
        merged = own.merged_with(built_in)
        by_code = {e.code: e for e in merged.entries}
        assert list(by_code) == ["301", "30101", "30102", "30198"]
        assert by_code["30102"].name == "津补贴"
        assert not by_code["30102"].accepts("津贴补贴")
        assert by_code["30101"].accepts("基本薪资")
        assert {e.side for e in merged.entries} == {"personnel"}
        with pytest.raises(ValueError, match="merge"):
            own.merged_with(catalogue())


class TestSearch:
    def test_beginning_of_a_code_in_code_order(self) -> None:
        assert codes(catalogue().search("2060")) == ["20601", "2060101", "20604", "2060401", "2060499"]
        assert codes(catalogue().search("２０１０３")) == ["20103", "2010301", "2010350"]

    def test_whole_name_then_beginning_then_part_then_characters_in_order(self) -> None:
        c = catalogue(2024, entry("2069901", "运行"), entry("2069902", "运行维护"), entry("2069903", "运动旅行"))
        found = codes(c.search("运行"))
        assert found[:2] == ["2069901", "2069902"]
        assert set(found[2:-1]) == {"2010301", "2010350", "2060101", "2060401"}
        assert found[-1] == "2069903"

    def test_same_names_near_the_codes_in_use_come_first(self) -> None:
        assert codes(catalogue().search("行政运行")) == ["2010301", "2060101"]
        assert codes(catalogue().search("行政运行", near=["20601"])) == ["2060101", "2010301"]

    def test_code_and_name_together(self) -> None:
        assert codes(catalogue().search("206 运行")) == ["2060101", "2060401"]

    def test_synonyms_and_initials(self) -> None:
        assert codes(catalogue().search("脱贫衔接")) == ["21305"]
        assert codes(catalogue().search("XZYX")) == ["2010301", "2060101"]
        assert initials("一般公共服务支出") == "ybggfwzc"

    @pytest.mark.parametrize("text", ["", "  ", "、", "999", "没有的科目"])
    def test_nothing_found(self, text: str) -> None:
        assert catalogue().search(text) == []

    def test_limit(self) -> None:
        assert len(catalogue().search("运行", limit=2)) == 2
        assert catalogue().search("运行", limit=0) == []

    @given(st.text(max_size=8))
    def test_any_text_can_be_searched(self, text: str) -> None:
        found = catalogue().search(text, 5)
        assert len({e.code for e in found}) == len(found) <= 5

    @given(st.sampled_from(catalogue().entries), st.data())
    def test_every_part_of_a_name_finds_it(self, target: Entry, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(target.name) - 2))
        part = target.name[start : data.draw(st.integers(start + 2, len(target.name)))]
        assert target in catalogue().search(part, 50)


class TestChanges:
    older = catalogue(
        2023,
        entry("2010308", "信访事务", last=2023, successor="20140"),
        entry("207", "文化体育与传媒支出"),
    )
    newer = catalogue(
        2024, entry("20140", "信访事务"), entry("207", "文化旅游体育与传媒支出"), entry("212", "城乡社区支出")
    )

    def test_of_the_codes_in_use(self) -> None:
        changes = changed_between(self.older, self.newer, ["201", "20103", "2010308", "207", "2079901"])
        assert [(a.name, b.name) for a, b in changes.renamed] == [("文化体育与传媒支出", "文化旅游体育与传媒支出")]
        assert [(e.code, e.successor) for e in changes.retired] == [("2010308", "20140")]
        assert [e.code for e in changes.added] == ["20140"]

    def test_of_all_codes(self) -> None:
        assert [e.code for e in changed_between(self.older, self.newer).added] == ["20140", "212"]

    def test_nothing_changes_within_one_year_and_synonyms_are_no_renames(self) -> None:
        same = changed_between(self.older, self.older)
        assert not (same.renamed or same.retired or same.added)
        wording = Catalogue("functional", 2022, (entry("21305", "巩固脱贫衔接乡村振兴"),))
        assert changed_between(wording, self.newer, ["21305"]).renamed == ()

    def test_kinds_must_agree(self) -> None:
        with pytest.raises(ValueError, match="compare"):
            changed_between(self.older, Catalogue("economic", 2024, ()))


def test_entries_are_in_code_order() -> None:
    assert all(a.code < b.code for a, b in pairwise(catalogue().entries))
