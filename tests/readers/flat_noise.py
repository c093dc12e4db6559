"""Prints reports as running text, the way text extracted from published PDFs looks, with seeded noise."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktopapp.core.amount import Unit, format_amount
from desktopapp.core.layout import BodyCell, TableLayout, lay_out
from desktopapp.core.report import Report


@dataclass(frozen=True)
class Noise:
    """Chances from 0 to 1: blanks inside numbers, wrapped labels, split codes, page breaks, shuffled forms."""

    blanks: float = 0.0
    wrapped: float = 0.0
    split_codes: float = 0.0
    pages: float = 0.0
    shuffled: bool = False
    numbers: bool = True


def as_text(report: Report, seed: int, noise: Noise = Noise()) -> str:
    """Return the forms of a report as lines of text, empty cells lost."""
    rng = random.Random(seed)
    forms = [f.id for f in report.template.forms if f.published]
    if noise.shuffled:
        rng.shuffle(forms)
    lines = [line for form in forms for line in _form(report, lay_out(report, form), rng, noise)]
    return "\n".join(lines) + "\n第三部分 情况说明\n"


def _form(report: Report, table: TableLayout, rng: random.Random, noise: Noise) -> Iterator[str]:
    yield table.title if "年" in table.title else f"{report.year}年度{table.title}"
    if table.mark:
        yield table.mark
    yield f"{table.department_line} {table.unit_line}"
    for row in range(table.head_rows):
        yield " ".join(h.text for h in table.head if h.row == row)
    for body in table.body:
        yield from _row(report, body, rng, noise)
        if rng.random() < noise.pages:
            yield f"- {rng.randint(2, 30)} -"
    yield from table.notes


def _row(report: Report, row: Sequence[BodyCell], rng: random.Random, noise: Noise) -> Iterator[str]:
    pieces: list[str] = []
    for cell in row:
        text = cell.text
        if cell.cell is not None:
            text = _amount(format_amount(report.get(cell.cell), Unit.WAN), rng, noise)
        elif cell.kind == "code" and rng.random() < noise.split_codes and len(text) in (5, 7):
            text = " ".join([text[:3], text[3:5], text[5:]]).strip()
        elif cell.kind in ("label", "name") and len(text) > 8 and rng.random() < noise.wrapped:
            cut = rng.randint(4, len(text) - 2)
            text = text[:cut] + "\n" + text[cut:]
        if text:
            pieces.append(text)
    yield from " ".join(pieces).split("\n")


def _amount(text: str, rng: random.Random, noise: Noise) -> str:
    if text and rng.random() < noise.blanks:
        text = text.replace(",", ", ").replace(".", rng.choice([". ", " ."]))
    return text
