"""Template folders: those of the program load, and malformed ones are refused with file, key and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktopapp.core.relations import rule_book
from desktopapp.core.template import Shape, Template, TemplateError
from desktopapp.resources import resource_root
from desktopapp.store.template_files import list_templates, load_template

ROOT = resource_root() / "templates"
IDS = list_templates(ROOT)
NINE = {f"{n:02d}" for n in range(1, 10)}


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    return {i: load_template(ROOT, i) for i in IDS}


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Return a folder with copies of the program's templates, to spoil."""
    return Path(shutil.copytree(ROOT, tmp_path / "templates"))


class TestBundled:
    def test_both_years_of_wuhan_are_there(self) -> None:
        assert {"hubei-2023", "hubei-2024"} <= set(IDS)

    @pytest.mark.parametrize("template_id", IDS)
    def test_nine_forms_and_what_they_print(self, templates: dict[str, Template], template_id: str) -> None:
        template = templates[template_id]
        assert template.id == template_id
        assert {f.id for f in template.forms if f.published} == NINE
        assert template.name
        assert template.region
        for form in template.forms:
            assert form.title
            assert form.notes
            assert "{unit}" in form.unit_line
            assert form.may_be_empty == bool(form.empty_statement) or not form.published

    @pytest.mark.parametrize("template_id", IDS)
    def test_no_relation_is_lost_that_should_not_be(self, templates: dict[str, Template], template_id: str) -> None:
        skipped = set(rule_book(templates[template_id]).skipped)
        # Only where form 08 has no balances of its own are these four without meaning.
        assert skipped <= {"08.closing", "04-08.opening", "04-08.income", "04-08.closing"}
        form = templates[template_id].form("08")
        assert bool(skipped) == (form.column("closing") is None)

    def test_every_declared_relation_serves_a_template(self, templates: dict[str, Template]) -> None:
        declared = {r.id for t in templates.values() for r in (*t.relations, *t.hierarchies)}
        serving = {m.name for t in templates.values() for b in [rule_book(t)] for m in (*b.rules, *b.hierarchies)}
        assert declared == serving

    @pytest.mark.parametrize("template_id", IDS)
    def test_codes_of_the_printed_lines_are_classes(self, templates: dict[str, Template], template_id: str) -> None:
        for form in templates[template_id].forms:
            for line in (ln for s in form.sides for ln in s.lines if ln.is_class):
                assert len(line.key) == 3
            assert (form.shape is Shape.BLOCKS) == bool(form.blocks)

    def test_printed_line_numbers_of_wuhan(self, templates: dict[str, Template]) -> None:
        def numbers(template_id: str) -> list[int | None]:
            form = templates[template_id].form("01")
            lines = [form.line(k) for k in ("income_total", "grand_income", "201", "expense_total", "grand_expense")]
            return [line.no for line in lines if line is not None]

        assert numbers("hubei-2023") == [27, 31, 32, 58, 62]
        assert numbers("hubei-2024") == [27, 30, 31, 57, 60]

    def test_an_extending_template_changes_only_what_it_names(self, templates: dict[str, Template]) -> None:
        before, after = templates["hubei-2023"].form("02"), templates["hubei-2024"].form("02")
        assert after.columns == before.columns
        assert after.notes != before.notes
        assert after.unit_label == "部门："


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


SPOILED = [
    # template, file, old, new, file named, key named, reason
    ("hubei-2023", "hubei-2023/template.toml", 'relations = ["common"]', 'relations = ["comon"]',
     "hubei-2023/template.toml", "relations", "找不到文件夹 comon"),
    ("hubei-2023", "hubei-2023/template.toml", 'relations = ["common"]', 'relations = "common"',
     "hubei-2023/template.toml", "relations", "文字的列表"),
    ("hubei-2023", "hubei-2023/template.toml", 'id = "hubei-2023"', 'id = "hubei"',
     "hubei-2023/template.toml", "id", "应与文件夹同名"),
    ("hubei-2024", "hubei-2024/template.toml", 'id = "hubei-2024"', "",
     "hubei-2024/template.toml", "id", "缺少这一项"),
    ("hubei-2023", "hubei-2023/template.toml", "year = 2023", "year = 2023\nyaer = 1",
     "hubei-2023/template.toml", "yaer", "没有这个键"),
    ("hubei-2024", "hubei-2024/template.toml", "[form_defaults]", "form_defaults = 3\n[settings]",
     "hubei-2024/template.toml", "form_defaults", "应填写表"),
    ("hubei-2024", "hubei-2024/template.toml", "year = 2024", 'year = 2024\ndrop = ["10"]',
     "hubei-2024/template.toml", "drop", "没有表 10"),
    ("hubei-2024", "hubei-2024/template.toml", "year = 2024", 'year = 2024\ndrop = "10"',
     "hubei-2024/template.toml", "drop", "文字的列表"),
    ("hubei-2024", "hubei-2024/template.toml", 'extends = "hubei-2023"', "extends = 3",
     "hubei-2024/template.toml", "extends", "应填写文字"),
    ("hubei-2024", "hubei-2024/template.toml", 'extends = "hubei-2023"', 'extends = "hubei-2022"',
     "hubei-2022/template.toml", "文件", "找不到这个文件"),
    ("hubei-2024", "hubei-2024/template.toml", 'extends = "hubei-2023"', 'extends = "hubei-2024"',
     "hubei-2024/template.toml", "extends", "相互引用"),
    ("hubei-2024", "hubei-2023/template.toml", 'region = "湖北"', 'region = "湖北"\nextends = "hubei-2024"',
     "hubei-2024/template.toml", "extends", "hubei-2024 → hubei-2023 → hubei-2024"),
    ("hubei-2023", "hubei-2023/template.toml", "year = 2023", "year = = 2023",
     "hubei-2023/template.toml", "文件", "不是合格的 TOML"),
    ("hubei-2023", "hubei-2023/forms/01.toml", '[32, "201"', '[33, "201"',
     "01.toml", "行次", "“33”重复了"),
    ("hubei-2023", "hubei-2023/forms/03.toml", 'key = "basic"', 'key = "total"',
     "03.toml", "column", "“total”重复了"),
    ("hubei-2023", "hubei-2023/forms/05.toml", "column = [", "colum = [",
     "05.toml", "colum", "没有这个键"),
    ("hubei-2023", "common/relations.toml", "01.income_total = 01.general..other", "01.income_total : 01.general",
     "common/relations.toml", "relation.01.income.holds", "缺少 ="),
    ("hubei-2023", "common/relations.toml",
     "01.general + 01.fund + 01.capital = 02.total.fiscal", "01.general = 04.general",
     "relations", "computes", "绕成一圈"),
]  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize(("template", "file", "old", "new", "named", "key", "reason"), SPOILED)
    def test_spoiled(
        self, copies: Path, template: str, file: str, old: str, new: str, named: str, key: str, reason: str
    ) -> None:
        spoil(copies, file, old, new)
        with pytest.raises(TemplateError) as refused:
            load_template(copies, template)
        assert named in refused.value.file
        assert key in refused.value.key
        assert reason in refused.value.reason

    def test_a_missing_template(self, copies: Path) -> None:
        with pytest.raises(TemplateError, match="找不到这个文件"):
            load_template(copies, "nowhere-2023")

    def test_a_file_in_another_encoding(self, copies: Path) -> None:
        (copies / "hubei-2023/forms/01.toml").write_bytes("mark = '公开01表'".encode("gbk"))
        with pytest.raises(TemplateError, match="读不出来") as refused:
            load_template(copies, "hubei-2023")
        assert refused.value.file == "hubei-2023/forms/01.toml"

    def test_a_folder_in_place_of_a_file(self, copies: Path) -> None:
        (copies / "hubei-2023/forms/01.toml").unlink()
        (copies / "hubei-2023/forms/01.toml").mkdir()
        with pytest.raises(TemplateError, match="读不出来"):
            load_template(copies, "hubei-2023")


class TestNewOnes:
    def test_a_new_template_is_a_new_folder(self, copies: Path) -> None:
        new = copies / "hubei-2025"
        new.mkdir()
        (new / "template.toml").write_text(
            'id = "hubei-2025"\nname = "新"\nyear = 2025\nextends = "hubei-2024"\ndrop = ["S1"]\n'
            'order = ["01", "02", "03", "04", "05", "06", "07", "08", "09"]\n'
            '[form_defaults]\nunit_label = "单位名称："\n',
            encoding="utf-8",
        )
        (new / "relations.toml").write_text(
            '[[relation]]\nid = "05-06.basic"\nkind = "inter_form"\nsays = "新的说法"\n'
            'holds = "05.total.basic = 06.personnel + 06.public"\n',
            encoding="utf-8",
        )
        template = load_template(copies, "hubei-2025")
        assert "hubei-2025" in list_templates(copies)
        assert template.region == "湖北"
        assert not template.has_form("S1")
        assert {f.unit_label for f in template.forms} == {"单位名称："}
        assert [r.says for r in template.relations if r.id == "05-06.basic"] == ["新的说法"]

    def test_defaults_reach_forms_that_are_new(self, copies: Path) -> None:
        path = copies / "shanghai-2024/template.toml"
        path.write_text(path.read_text("utf-8") + '\n[form_defaults]\nunit_label = "编制单位："\n', encoding="utf-8")
        assert load_template(copies, "shanghai-2024").form("01").unit_label == "编制单位："

    def test_a_dropped_form_takes_its_relations_along(self, copies: Path) -> None:
        spoil(copies, "hubei-2024/template.toml", "year = 2024", 'year = 2024\ndrop = ["08"]\norder = ["01", "04"]')
        book = rule_book(load_template(copies, "hubei-2024"))
        assert {f for r in book.rules for f in r.forms} <= {"01", "04", "last.01", "last.04"}
