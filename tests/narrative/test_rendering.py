"""A broken template is told in one sentence with file and line; templates can do nothing but write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktopapp.core.template import TemplateError
from desktopapp.narrative.narrative import Narrative
from desktopapp.narrative.rendering import Renderer, TextTemplateError
from desktopapp.resources import resource_root
from desktopapp.store.outline_files import load_fact_book, load_outline
from tests.narrative.cases import TEMPLATES, case, the_outline


def render(source: str, extra: dict[str, str] | None = None) -> str:
    """Return what a template makes for a published report."""
    found = case("000").narrative
    texts = {"total.txt": ("my/text/total.txt", source)}
    texts |= {k: (f"my/text/{k}", v) for k, v in (extra or {}).items()}
    outline = replace(the_outline("hubei-2023"), texts=texts)
    narrative = Narrative(found.report, found.facts, outline, renderer=Renderer(outline))
    return narrative.editable("total")


def test_lines_of_a_paragraph_are_joined() -> None:
    assert (
        render("第一行\n  第二行\n\n第二段\n@figure total\n# 标题\n") == "第一行第二行\n第二段\n@figure total\n# 标题"
    )


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("好\n{% if %}\n", 2, "写法不对"),
        ("好\n好\n{{ n('total.incom') }}\n", 3, "total.incom"),
        ("{{ unknown_name }}\n", 1, "unknown_name"),
        ("\n\n{% include 'nothing.txt' %}", 3, "nothing.txt"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("{{ wan() }}", 1, "wan"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ n.__globals__ }}", 1, "unsafe"),
        ("{{ range(10 ** 9) | list | length }}", 1, "big"),
        ("{{ lipsum() }}", 1, "lipsum"),
        ("{{ cycler }}", 1, "cycler"),
    ],
)
def test_errors_name_file_and_line(source: str, line: int, reason: str) -> None:
    with pytest.raises(TextTemplateError) as caught:
        render(source)
    assert caught.value.file == "my/text/total.txt"
    assert caught.value.line == line
    assert reason in str(caught.value)
    assert str(caught.value).startswith("文字模板 my/text/total.txt 第")


def test_errors_in_shared_pieces_name_their_own_file() -> None:
    with pytest.raises(TextTemplateError) as caught:
        render("好\n{% include 'piece.txt' %}", {"piece.txt": "一\n二\n{{ n('no.fact') }}"})
    assert (caught.value.file, caught.value.line) == ("my/text/piece.txt", 3)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_outlines_are_well_formed(template_id: str) -> None:
    outline = load_outline(resource_root() / "templates", template_id)
    book = load_fact_book(resource_root() / "templates", template_id)
    for spec in outline.tables:
        assert spec.rows in book.inputs
        assert all(c.key == "#" or book.inputs[spec.rows].column(c.key) for c in spec.columns)
    conditions = [w for s in outline.sections() for w in s.when] + [w for p in outline.parts for w in p.when]
    assert all(w in book.inputs or w in ("selfeval", "attachments") for w in conditions)
    for check in book.checks:
        assert check.table in book.inputs
        assert not check.each or check.each in book.inputs


def copied(tmp_path: Path) -> Path:
    """Return a folder of templates of one's own with the smallest possible template."""
    root = tmp_path / "templates"
    (root / "mine" / "text").mkdir(parents=True)
    (root / "mine" / "template.toml").write_text('id = "mine"\n', "utf-8")
    return root


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        ('title = "报告"', "part"),
        ('title = "报告"\n[[part]]\nid = "a"\ntitle = "甲"\ntext = "no.txt"', "no.txt"),
        ('title = "报告"\n[[part]]\nid = "a"\ntitle = "甲"\n[[part]]\nid = "a"\ntitle = "乙"', "重复"),
        ('title = "报告"\nwrong = 1\n[[part]]\nid = "a"\ntitle = "甲"', "wrong"),
        ('title = "报告"\n[numbers]\nrate_places = "x"\n[[part]]\nid = "a"\ntitle = "甲"', "rate_places"),
        ("title = ", "TOML"),
    ],
)
def test_broken_outlines_are_told(tmp_path: Path, outline: str, reason: str) -> None:
    root = copied(tmp_path)
    (root / "mine" / "outline.toml").write_text(outline, "utf-8")
    with pytest.raises(TemplateError, match=reason) as caught:
        load_outline(root, "mine")
    assert "mine/outline.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ('[[fact]]\nid = "a"\nlabel = "甲"', "来源"),
        ('[[fact]]\nid = "a"\nlabel = "甲"\ncells = ["01.x"]\ntext = "b"', "来源"),
        ('[[fact]]\nid = "a"\nlabel = "甲"\nratio = ["b"]', "分母"),
        ('[[fact]]\nid = "a"\nlabel = "甲"\ntext = "b"\ncolour = "red"', "colour"),
    ],
)
def test_broken_facts_are_told(tmp_path: Path, facts: str, reason: str) -> None:
    root = copied(tmp_path)
    (root / "mine" / "facts.toml").write_text(facts, "utf-8")
    with pytest.raises(TemplateError, match=reason):
        load_fact_book(root, "mine")


def test_circle_of_templates_is_told(tmp_path: Path) -> None:
    root = copied(tmp_path)
    (root / "mine" / "template.toml").write_text('id = "mine"\nextends = "mine"\n', "utf-8")
    with pytest.raises(TemplateError, match="相互引用"):
        load_outline(root, "mine")


def test_missing_template_is_told(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="找不到"):
        load_outline(tmp_path, "nothing")
