"""The findings on two published reports are exactly their real inconsistencies, no more and no fewer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktopapp import jobs
from desktopapp.core.amount import plain_wan
from desktopapp.core.checker import Verdict
from desktopapp.core.commands import typed
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.whole import whole_copy
from desktopapp.narrative.facts import Facts
from desktopapp.readers.json_reader import report_from_json
from desktopapp.store.outline_files import load_fact_book

#: Seed 000: three printed totals are blank, one of them in two columns; each relation that states one tells so.
FINDINGS_000 = {
    # Line 27 本年收入合计 is printed without an amount; lines 1 to 8 add up to 12,938.50.
    "01.income": "error",
    # Line 58 本年支出合计 likewise; the classes add up to 12,938.50.
    "01.expense": "error",
    # Line 59 本年支出合计 likewise, in columns 2 and 3; columns 4 and 5 are rightly empty.
    "04.expense[total]": "error",
    "04.expense[general]": "error",
}

#: Seed 001: two sums off by two last digits, ten by one, and names that the catalogue of 2024 spells otherwise.
FINDINGS_001 = {
    # 公用经费合计 285.07, but 302 alone is 285.09; 310 is empty. Two amounts may be off by 0.01 at most.
    "06.public": "error",
    # 01 line 38 446.73, 03 class 208 446.75: again 0.02 with two amounts.
    "01-03.class[208]": "error",
    # 0.01 with two amounts each: what rounding every amount by itself leaves.
    "01-03.class[201]": "rounding",
    "01-03.class[206]": "rounding",
    "01-03.class[210]": "rounding",
    "01-03.class[221]": "rounding",
    # All income is from the treasury there, so that the classes of 04 must be those of 01.
    "04-01.class[201]": "rounding",
    "04-01.class[206]": "rounding",
    "04-01.class[208]": "rounding",
    "04-01.class[210]": "rounding",
    "04-05.class[208]": "rounding",
    "04-05.class[221]": "rounding",
}
#: The names of 20604 and 2060499 as forms 02 and 03 print them, and as form 05 does; both lack a word.
NAMES_001 = [
    ("20604", ("02", "03"), "技术与开发"),
    ("20604", ("05",), "研究与开发"),
    ("2060499", ("02", "03"), "其他技术与开发支出"),
    ("2060499", ("05",), "其他研究与开发支出"),
]
#: Kinds of inconsistencies.json that concern the nine forms; the others concern the text.
FORM_KINDS = ("row_formula", "inter_table")


def report_of(folder: Path, name: str) -> Report:
    return jobs.import_json(folder / "expected" / f"{name}.json", None, None)


def form_findings(report: Report) -> list[Finding]:
    return jobs.check_report(report)[1]


def listed(folder: Path, name: str) -> list[tuple[str, str, str, str]]:
    """Return what inconsistencies.json lists for the forms of a seed, both ways round."""
    entries: list[dict[str, Any]] = json.loads((folder / "expected/inconsistencies.json").read_text(encoding="utf-8"))
    return [
        (e["expected"], e["found"], e["difference"], e["severity"])
        for e in entries
        if e["seed"].startswith(name) and e["kind"] in FORM_KINDS
    ]


class TestSample:
    """The bundled sample has the figures of seed 000 and is always there."""

    def test_three_totals_are_blank(self) -> None:
        report = jobs.import_json(jobs.sample_path(), None, None)
        checker, findings = jobs.check_report(report)
        assert {f.rule: f.severity.code for f in findings} == FINDINGS_000
        for finding in findings:
            assert "未填，应为 12,938.50 万元" in finding.message
            assert finding.found == 0
            assert finding.expected == 12_938_500_000
        # Whatever else the blank totals take part in cannot be judged and says so.
        suspended = [r for r in checker.relations() if checker.verdict(r) is Verdict.UNKNOWN]
        reasons = {checker.reason_unknown(r)[0] for r in suspended}
        assert reasons == {"blank", "forms", "needs"}
        waiting = {r.id for r in suspended if checker.reason_unknown(r)[0] == "blank"}
        assert {"01.grand_income", "01-02.income", "01-03.expense", "04.grand_expense[total]"} <= waiting

    def test_filling_them_in_clears_every_finding(self) -> None:
        report = jobs.import_json(jobs.sample_path(), None, None)
        engine = Engine(report, rule_book(report.template))
        for relation in list(engine.checker.open_relations()):
            assert relation.target is not None
            engine.apply(typed(relation.target, 12_938_500_000))
        assert not list(engine.checker.open_relations())


class TestSeeds:
    def test_000(self, shared_dir: Path) -> None:
        findings = form_findings(report_of(shared_dir, "000"))
        assert {f.rule: f.severity.code for f in findings} == FINDINGS_000
        found = sorted((_wan(f.expected), "", _wan(f.difference), f.severity.code) for f in findings)
        assert found == sorted(listed(shared_dir, "000"))

    def test_001(self, shared_dir: Path) -> None:
        findings = form_findings(report_of(shared_dir, "001"))
        relations = [f for f in findings if f.kind != "code"]
        assert {f.rule: f.severity.code for f in relations} == FINDINGS_001
        # The list names the two amounts of an equation in either order.
        found = sorted((*sorted((_wan(f.found), _wan(f.expected))), f.severity.code) for f in relations)
        wanted = sorted((*sorted((found, expected)), s) for expected, found, _, s in listed(shared_dir, "001"))
        assert found == wanted

    def test_001_names(self, shared_dir: Path) -> None:
        findings = [f for f in form_findings(report_of(shared_dir, "001")) if f.kind == "code"]
        assert {f.severity for f in findings} == {Severity.WARNING}
        assert {f.rule for f in findings} == {"code.name"}
        found = [(f.rows[0][1], tuple(form for form, _ in f.rows), f.found) for f in findings]
        assert sorted(found, key=str) == sorted(NAMES_001, key=str)

    def test_nothing_else_concerns_the_forms(self, shared_dir: Path) -> None:
        assert len(listed(shared_dir, "000")) == 4
        assert len(listed(shared_dir, "001")) == 12

    def test_a_seed_without_forms_lists_none(self, shared_dir: Path) -> None:
        assert listed(shared_dir, "002") == []


def _wan(amount: int | str | None) -> str:
    assert isinstance(amount, int)
    return plain_wan(amount)


@pytest.mark.parametrize("name", ["000", "001"])
def test_the_same_findings_by_way_of_the_template_that_extends(shared_dir: Path, name: str) -> None:
    """Xianning prints the same forms in another order; the findings do not depend on that."""
    raw = json.loads((shared_dir / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    own = {f.rule for f in form_findings(report_of(shared_dir, name))}
    template = jobs.get_template("xianning-2023")
    other = report_from_json(raw, template, name)
    assert {f.rule for f in form_findings(other)} - {"code.name", "code.unknown"} == own - {"code.name"}


@pytest.mark.parametrize("name", ["000", "001"])
def test_the_word_file_gives_the_same_cells_and_facts_when_read_again(
    shared_dir: Path, tmp_path: Path, name: str
) -> None:
    (path,) = (shared_dir / "seeds").glob(f"{name}_*.txt")
    # A total that is left blank is a gap in the text: 000 is made whole first, as its accountant has to.
    report, _ = whole_copy(jobs.import_any(path).report)
    jobs.export_docx(report, tmp_path / "a.docx")
    again = jobs.import_any(tmp_path / "a.docx").report
    assert {c: a for c, a in again.amounts.items() if a} == {c: a for c, a in report.amounts.items() if a}
    book = load_fact_book(jobs.template_root(), report.template.id)
    before, after = ({f.id: f.value for f in Facts(r, book).all()} for r in (report, again))
    assert {i: v for i, v in before.items() if v != after.get(i)} == {}
