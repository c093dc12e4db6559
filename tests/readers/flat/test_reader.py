"""Forms read from running text: seeds and generated reports with noise."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell
from desktopapp.jobs import get_catalogues, import_any
from desktopapp.readers.build import BuiltReport, build_report
from desktopapp.readers.flat.reader import FlatReader
from desktopapp.readers.flat.tokens import TextLine
from desktopapp.readers.json_reader import load_json, report_from_json
from tests.generators import published_report, the_template
from tests.readers.flat_noise import Noise, as_text

ALL = ("hubei-2023", "hubei-2024", "xianning-2023", "shanghai-2024")
NOISES = {
    "clean": Noise(),
    "blanks in numbers": Noise(blanks=0.3),
    "labels over two lines": Noise(wrapped=0.3),
    "codes in three columns": Noise(split_codes=0.5),
    "page numbers": Noise(pages=0.05),
    "other order": Noise(shuffled=True),
    "everything": Noise(0.2, 0.2, 0.3, 0.03, True),
}


def read(report: Report, text: str) -> BuiltReport:
    templates = [the_template(t) for t in ALL]
    reader = FlatReader(templates, get_catalogues(report.template.year))
    lines = [TextLine(i, t) for i, t in enumerate(text.split("\n"), 1)]
    return build_report(reader.read(lines, report.template), report.template)


def wrong(built: BuiltReport, report: Report) -> tuple[set[Cell], set[Cell]]:
    """Return the cells that differ, and those of them that are wrong without being marked as unsure."""
    wanted = {c: a for c, a in report.amounts.items() if not c.form.startswith(LAST) and c.form != "S1"}
    found = built.report.amounts
    differing = {c for c in wanted.keys() | found.keys() if wanted.get(c) != found.get(c)}
    unsure = {p.cell for p in built.placements if p.confidence < 0.9}
    return differing, {c for c in differing if c in found and c not in unsure}


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES.keys())
def test_noise_costs_next_to_nothing_and_never_misplaces_in_silence(noise: Noise) -> None:
    total = bad = 0
    for template_id in ALL:
        for seed in range(2):
            report = published_report(seed, the_template(template_id), rows=30)
            report.department = "某市某局"
            differing, silent = wrong(read(report, as_text(report, seed, noise)), report)
            assert not silent
            total += len(report.amounts)
            bad += len(differing)
    assert bad <= total * 0.005


@pytest.mark.parametrize(("seed", "expected"), [("000_*.txt", "000.json"), ("001_*.txt", "001.json")])
def test_every_amount_of_the_seeds_lands_in_its_cell(shared_dir: Path, seed: str, expected: str) -> None:
    (path,) = (shared_dir / "seeds").glob(seed)
    imported = import_any(path).report
    raw = load_json(shared_dir / "expected" / expected)
    wanted = report_from_json(raw, the_template(raw["template"]))
    assert imported.template.id == raw["template"]
    assert imported.year == raw["year"]
    assert imported.department == raw["unit_name"]
    # The text fills the supplement, which the expected values leave out.
    published = {c: a for c, a in imported.amounts.items() if c.form != "S1"}
    assert published == {c: a for c, a in wanted.amounts.items() if c.form != "S1"}
    for form, rows in wanted.rows.items():
        assert set(imported.rows_of(form)) == set(rows)


def test_a_cut_off_code_is_completed_by_its_name() -> None:
    report = published_report(3, the_template("hubei-2023"), rows=20)
    codes = [c for c in report.rows_of("03") if len(c) == 7]
    text = as_text(report, 3)
    for code in codes:
        name = report.rows_of("03").name(code)
        text = text.replace(f"{code} {name} ", f"{code[:5]} {name} ")
    built = read(report, text)
    assert set(codes) <= set(built.report.rows_of("03"))
    completed = {p.cell.row for p in built.placements if "不完整" in p.reason}
    assert completed >= set(codes)
