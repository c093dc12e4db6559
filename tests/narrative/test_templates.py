"""The sentence templates of every template, with reports and inputs made at random."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from desktopapp.core.commands import SetCells, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell
from desktopapp.narrative.document import Span, Text
from desktopapp.narrative.narrative import Narrative
from desktopapp.narrative.words import SIGN_WORDS, sign_of, turned
from tests.generators import exact_report, published_report, the_book, the_template
from tests.narrative.cases import TEMPLATES, document_of, narrative_of, section_text
from tests.narrative.random_inputs import fill_inputs

#: Numbers that belong to the wording and to no fact.
_FIXED = re.compile(
    r"12月31日|单价100万元|单价50万元|价值50万元以上|价值100万元以上|^\d+[.．]|^（\d+）|^\d+\.|[①-㊿]|^# ?\d"
)
_SLIPS = re.compile("。。|，，|，。|；。|：。|、。|，；|。；|None|[{}]|元元|增加减少|的的|万元万元")
SEEDS = range(4)


def reports(template_id: str) -> Iterator[Report]:
    """Yield reports of all kinds: full, half filled, without last year, without inputs, empty."""
    template = the_template(template_id)
    for seed in SEEDS:
        make = published_report if seed % 2 else exact_report
        yield fill_inputs(make(seed, template, rows=(20, 60)[seed % 2]), seed, (1.0, 0.7, 0.4, 0.9)[seed])
    yield published_report(7, template, last_year=False)
    yield published_report(8, template, own_money=True, funds=True)
    yield new_report(template, template.year, "空白单位")
    yield new_report(template, template.year, "")


def sections(narrative: Narrative) -> list[str]:
    """Return the ids of everything that has a text of its own."""
    outline = narrative.outline
    return [s.id for s in outline.sections()] + [p.id for p in outline.parts if p.text]


def spans(narrative: Narrative) -> Iterator[tuple[str, Span]]:
    """Yield (paragraph, span) of the whole text."""
    for section in sections(narrative):
        for piece in narrative.pieces(section):
            if isinstance(piece, Text):
                yield from ((piece.plain, s) for s in piece.spans)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_number_is_its_fact(template_id: str) -> None:
    for report in reports(template_id):
        narrative = narrative_of(report)
        style = narrative.style
        for paragraph, span in spans(narrative):
            if span.state != "live" or span.fact is None:
                continue
            fact = narrative.facts.get(span.fact)
            if span.text in SIGN_WORDS:
                assert turned(span.text, sign_of(fact)) == span.text, paragraph
            elif fact.kind == "text":
                assert span.text in str(fact.value)
            else:
                assert span.text == narrative.facts.written(span.fact, style), paragraph


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_no_number_stands_outside_of_a_fact(template_id: str) -> None:
    """Only numberings and the fixed words of the law hold digits of their own."""
    for report in reports(template_id):
        report.department = "示例单位"
        narrative = narrative_of(report)
        for section in sections(narrative):
            if section in ("units", "duties"):
                continue
            for piece in narrative.pieces(section):
                if isinstance(piece, Text):
                    loose = "".join(s.text if s.fact is None and s.state == "typed" else "◆" for s in piece.spans)
                    assert not re.search(r"\d", _FIXED.sub("", loose)), piece.plain


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_wording_has_no_slips(template_id: str) -> None:
    for report in reports(template_id):
        narrative = narrative_of(report)
        for section in sections(narrative):
            text = section_text(narrative, section)
            assert text.strip() or section in ("attachments",), section
            assert _SLIPS.search(text) is None, (section, text)
            for line in text.splitlines():
                assert line == line.strip() and line not in ("。", "；"), text


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_whole_document_is_built(template_id: str) -> None:
    for report in reports(template_id):
        document = document_of(report)
        assert len(list(document.headings())) > 20
        assert all(s.text for t in document.texts() for s in t.spans)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_edits_refresh_what_they_touch(template_id: str) -> None:
    """After any edit the text kept up to date is the text made anew."""
    rng = random.Random(5)
    report = fill_inputs(published_report(3, the_template(template_id)), 3)
    engine = Engine(report, the_book(template_id))
    narrative = narrative_of(report)
    shown = {s: narrative.editable(s) for s in sections(narrative)}
    for _ in range(25):
        changes = engine.apply(_edit(rng, report, narrative))
        anew = narrative.update(changes)
        fresh = narrative_of(report)
        for section in sections(narrative):
            now = narrative.editable(section)
            assert now == fresh.editable(section), section
            texts = section_text(narrative, section)
            assert texts == section_text(fresh, section)
            assert section in anew or now == shown[section]
            shown[section] = now


def _edit(rng: random.Random, report: Report, narrative: Narrative) -> SetCells | SetField:
    if rng.random() < 0.6:
        cell = rng.choice(sorted(report.amounts))
        return SetCells(((Cell(*cell), rng.choice((None, 0, 12_340_000, -50_000)), False),))
    table = rng.choice([t for t in narrative.facts.book.inputs.values() if report.fields.get(t.field)])
    rows = [dict(r) for r in report.fields[table.field]]
    row, column = rng.choice(rows), rng.choice(table.columns)
    if column.kind in ("amount", "count"):
        row[column.key] = rng.choice((0, 30_000, 1_000_000))
    else:
        row.pop(column.key, None)
    return SetField(table.field, rows)


def test_text_of_names_is_never_run() -> None:
    """What people type is text, whatever it looks like."""
    report = fill_inputs(published_report(1), 1)
    report.department = "{{ 7 * 7 }}单位{% raw %}"
    report.fields["input.units"] = [{"name": report.department, "kind": "own"}]
    report.fields["input.reasons"] = [{"key": "total", "change": "{{ n('total.income') }}\ue000l\ue001x\ue001y\ue002"}]
    text = section_text(narrative_of(report), "total") + section_text(narrative_of(report), "units")
    assert "{{ n('total.income') }}" in text
    assert "{{ 7 * 7 }}单位{% raw %}" in text
    assert not re.search("[\ue000-\uf8ff]", text)
