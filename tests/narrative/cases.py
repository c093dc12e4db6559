"""Reports for the tests of the text: two published ones typed in, generated ones, and the data of the templates."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell
from desktopapp.narrative.building import build_document
from desktopapp.narrative.document import Block, Heading, ReportDocument, Text
from desktopapp.narrative.factbook import FactBook
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.narrative import Narrative
from desktopapp.narrative.outline import Outline
from desktopapp.narrative.rendering import Renderer
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from desktopapp.store.outline_files import load_fact_book, load_outline
from tests.generators import the_template

DATA = Path(__file__).resolve().parent.parent / "data" / "narrative"
TEMPLATES = ("hubei-2023", "hubei-2024", "xianning-2023", "shanghai-2024")
#: Numberings, which are no amounts: "1.", "（1）", "①".
_NUMBERING = re.compile(r"(?m)^\s*\d{1,2}[.、．](?!\d)|[（(]\s*\d{1,2}\s*[）)]|[①-⑳㉑-㉟㊱-㊿]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
_YEAR = re.compile(r"20[0-3]\d$")


@cache
def the_facts(template_id: str) -> FactBook:
    """Return the facts and inputs of a template."""
    return load_fact_book(resource_root() / "templates", template_id)


@cache
def the_outline(template_id: str) -> Outline:
    """Return the outline of a template."""
    return load_outline(resource_root() / "templates", template_id)


@cache
def the_renderer(template_id: str) -> Renderer:
    """Return the compiled sentence templates of a template."""
    return Renderer(the_outline(template_id))


@cache
def the_catalogues(year: int) -> Catalogues:
    """Return the classification lists of a year."""
    return load_catalogues(resource_root() / "codes", year)


@dataclass(frozen=True)
class Case:
    """A published report typed in: the report, the numbers of its Part 3 by section, and those known to be wrong."""

    report: Report
    published: dict[str, list[str]]
    wrong: list[dict[str, str]]

    @property
    def narrative(self) -> Narrative:
        return narrative_of(self.report)


def case(name: str) -> Case:
    """Return a published report ("000" or "001")."""
    data = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    report = new_report(the_template(data["template"]), data["year"], data["department"], data["fields"])
    for form_id, rows in data["rows"].items():
        for code, label in rows:
            report.rows_of(form_id).insert(code, label, len(report.rows_of(form_id)))
    for address, amount in data["cells"].items():
        form_id, row, column = address.split(".")
        report.amounts[Cell(form_id, row, column)] = int(Decimal(amount) * FEN_PER_WAN)
    return Case(report, data["published"], data["wrong"])


def narrative_of(report: Report, template_id: str = "") -> Narrative:
    """Return the text of a report with compiled templates that all tests share."""
    name = template_id or report.template.id
    facts = Facts(report, the_facts(name))
    return Narrative(report, facts, the_outline(name), the_catalogues(report.year), the_renderer(name))


def document_of(report: Report, template_id: str = "") -> ReportDocument:
    """Return the whole report as a document."""
    made = narrative_of(report, template_id)
    return build_document(report, made.facts, made.outline, narrative=made)


def section_text(narrative: Narrative, section_id: str) -> str:
    """Return a section as plain text, a line per paragraph and subheading."""
    lines = [p.plain if isinstance(p, Text) else p.text for p in narrative.pieces(section_id) if not is_place(p)]
    return "\n".join(lines)


def is_place(piece: Any) -> bool:
    """Tell whether a piece is a place for a figure or table."""
    return not isinstance(piece, Text | Heading)


def numbers(text: str) -> list[tuple[Decimal, bool]]:
    """Return the numbers of a text as (value, is a percentage), without years and numberings."""
    found = _NUMBER.findall(_NUMBERING.sub("", text))
    return [number(n) for n in found if not _YEAR.match(n)]


def number(written: str) -> tuple[Decimal, bool]:
    """Return a written number as (value, is a percentage)."""
    return Decimal(written.rstrip("%").replace(",", "")), written.endswith("%")


def block_texts(blocks: tuple[Block, ...]) -> list[str]:
    """Return the headings and paragraphs of a document."""
    return [b.plain if isinstance(b, Text) else b.text for b in blocks if isinstance(b, Text | Heading)]
