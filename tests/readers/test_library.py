"""What recognition compares a source with."""

from __future__ import annotations

from pathlib import Path

from desktopapp import jobs
from desktopapp.readers.library import load_words, section_titles


def test_the_words_of_the_program_are_well_formed() -> None:
    words = load_words(jobs.template_root())
    assert words.columns.which("年初目标值（A）") == "target"
    assert words.columns.which("实际完成 值（B）") == "actual"
    assert words.execution.which("执行率（B/A）") == "rate"
    assert words.labels.which("项目实施单位") == "implementer"
    assert words.labels.which("偏差大或目标未完 成原因分析") == "causes"
    assert words.columns.which("10,815.59") == "" == words.labels.which("行政运行")


def test_every_template_has_titles_of_sections() -> None:
    for template_id in jobs.template_ids():
        assert len(section_titles(jobs.template_root(), template_id)) >= 8


def test_a_text_without_forms_takes_the_template_whose_sections_it_has(tmp_path: Path) -> None:
    for template_id in jobs.template_ids():
        titles = [t.replace("{year}", "2023") for t in section_titles(jobs.template_root(), template_id)]
        body = "".join(
            f"（{n}）{t}\n2023年度没有变化，也没有需要说明的其他情况。\n"
            for n, t in zip("一二三四五六七八九十" * 2, titles, strict=False)
        )
        path = tmp_path / f"{template_id}.txt"
        path.write_text(f"江城市数据局 2023 年决算公开说明\n第三部分 部门决算情况说明\n{body}", encoding="utf-8")
        chosen = jobs.import_any(path).report.template.id
        # Templates of one place differ by year alone, and some places have the same sections.
        assert section_titles(jobs.template_root(), chosen) == section_titles(jobs.template_root(), template_id)
