"""Findings: severity, kind, places, figures and words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from desktopapp.core import findings as findings_module
from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import InsertRow, RenameRow, SetCells, typed
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Finding, Severity, finding_json, sides
from desktopapp.core.judging import all_findings
from desktopapp.core.report import new_report
from desktopapp.core.template import SINGLE_ROW, Cell
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from tests.generators import exact_report, published_report, the_book, the_template

WAN = 1_000_000
STEP = 10_000


@pytest.fixture(scope="module")
def known() -> Catalogues:
    return load_catalogues(resource_root() / "codes", 2023)


@pytest.fixture
def engine() -> Engine:
    return Engine(new_report(the_template(), 2023, "某局"), the_book())


def put(engine: Engine, form: str, row: str, col: str, amount: int | None) -> None:
    engine.apply(typed(Cell(form, row, col), amount))


def found(engine: Engine, rule: str, known: Catalogues | None = None, unit: Unit = Unit.WAN) -> Finding:
    return next(f for f in all_findings(engine.report, engine.checker, known, unit) if f.rule == rule)


class TestWordsThatWait:
    def test_nothing_is_worded_before_it_is_read(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        put(engine, "01", "income_total", "amount", 7 * WAN)
        worded: list[str] = []
        message = findings_module._message
        monkeypatch.setattr(findings_module, "_message", lambda *words: worded.append(words[1].id) or message(*words))
        first, again = found(engine, "01.income"), found(engine, "01.income")
        assert not worded
        assert first.message == first.message
        assert worded == ["01.income"]
        assert first == again
        put(engine, "01", "income_total", "amount", 8 * WAN)
        worded.clear()
        assert first != found(engine, "01.income")
        assert first != found(engine, "01.income", unit=Unit.YUAN)
        assert not worded

    def test_another_name_is_another_message(self, engine: Engine) -> None:
        engine.apply(InsertRow("03", "2010301", "旧名"))
        put(engine, "03", "2010301", "basic", 5 * WAN)
        put(engine, "03", "2010301", "total", 7 * WAN)
        before = next(f for f in all_findings(engine.report, engine.checker) if f.kind == "column")
        assert "旧名" in before.message
        engine.apply(RenameRow("03", "2010301", "新名"))
        after = next(f for f in all_findings(engine.report, engine.checker) if f.kind == "column")
        assert after != before
        assert "新名" in after.message

    def test_a_finding_with_words_can_be_copied(self, engine: Engine) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        finding = found(engine, "01.income")
        copied = replace(finding, accepted="已核实")
        assert copied.message == finding.message
        assert copied != finding
        assert len({finding, found(engine, "01.income")}) == 1


class TestRelationFindings:
    def test_an_error_within_a_form(self, engine: Engine) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        put(engine, "01", "income_total", "amount", 7 * WAN)
        finding = found(engine, "01.income")
        assert (finding.severity, finding.kind, finding.form) == (Severity.ERROR, "row", "01")
        assert (finding.found, finding.expected, finding.difference) == (7 * WAN, 5 * WAN, 2 * WAN)
        # The total to jump to first, then what is filled in of the other side.
        assert finding.places == (Cell("01", "income_total", "amount"), Cell("01", "general", "amount"))
        assert finding.message == (
            "公开01表 27行“本年收入合计”为 7.00，应为 5.00，相差 2.00 万元（本年收入合计＝各项收入之和）。"
        )

    def test_a_blank_total(self, engine: Engine) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        finding = found(engine, "01.income")
        assert finding.message.startswith("公开01表 27行“本年收入合计”未填，应为 5.00 万元")
        assert finding.severity is Severity.ERROR

    def test_a_rounding_residual(self, engine: Engine) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        put(engine, "01", "income_total", "amount", 5 * WAN - STEP)
        finding = found(engine, "01.income")
        assert finding.severity is Severity.ROUNDING
        assert "与 5.00 相差 0.01 万元，属于尾数误差" in finding.message
        assert finding.difference == -STEP

    def test_between_forms(self) -> None:
        engine = Engine(published_report(1, the_template(), 20, last_year=False), the_book())
        code = next(r for r in engine.report.rows_of("03") if len(r) == 3)
        put(engine, "01", code, "amount", 99_999 * WAN)
        finding = found(engine, f"01-03.class[{code}]")
        assert finding.kind == "inter_form"
        assert "为 99,999.00，与公开03表" in finding.message
        assert "不一致，相差" in finding.message

    def test_a_class_that_one_form_lacks(self) -> None:
        engine = Engine(published_report(1, the_template(), 20, last_year=False), the_book())
        missing = next(c for c in ("202", "203", "217", "219", "222") if c not in engine.report.rows_of("03"))
        put(engine, "01", missing, "amount", 5 * WAN)
        finding = found(engine, f"01-03.class[{missing}]")
        assert f"与公开03表（没有 {missing} 这一行） 0.00 不一致" in finding.message
        engine.apply(InsertRow("03", "299", "不印的类"))
        put(engine, "03", "299", "total", 5 * WAN)
        finding = found(engine, "01-03.class[299]")
        assert finding.message.startswith("公开01表（没有 299 这一行）为 0.00，与公开03表 299 不印的类")
        assert finding.form == "03"

    def test_a_warning_of_too_much(self, engine: Engine) -> None:
        put(engine, "06", "30217", "amount", 8 * WAN)
        put(engine, "09", SINGLE_ROW, "outturn_reception", 5 * WAN)
        finding = found(engine, "09-06.reception")
        assert finding.severity is Severity.WARNING
        assert (
            "公开06表 30217 公务接待费为 8.00，大于公开09表 12栏“决算数·公务接待费” 5.00，超出 3.00 万元"
            in finding.message
        )

    def test_differences_are_written_with_their_signs(self) -> None:
        engine = Engine(exact_report(3, the_template(), 20, funds=True, last_year=False), the_book())
        row = next(iter(engine.report.rows_of("07")))
        put(engine, "07", row, "closing", 123)
        finding = found(engine, f"07.closing[{row}]", unit=Unit.YUAN)
        assert "6栏“年末结转和结余”为 1.23，应为" in finding.message
        assert finding.message.endswith(
            "（年末结转和结余＝年初结转和结余＋本年收入－本年支出（6栏各行＝（1＋2－3）栏各行））。"
        )

    def test_many_terms_are_summed_up_in_words(self) -> None:
        engine = Engine(exact_report(4, the_template(), 20, own_money=True, last_year=False), the_book())
        put(engine, "01", "business", "amount", 77 * WAN)
        message = found(engine, "01-02.business").message
        assert message.startswith("公开01表 5行“事业收入”为 77.00，与公开02表 “合计” 4栏“事业收入”")
        put(engine, "01", "capital", "amount", 77 * WAN)
        message = found(engine, "01-02.fiscal").message
        assert "1行“一般公共预算财政拨款收入”＋公开01表 2行" in message

    def test_both_sides_of_a_relation(self, engine: Engine) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        put(engine, "01", "fund", "amount", 2 * WAN)
        relation = engine.checker.relation("01.income")
        assert relation is not None
        assert sides(engine.report, relation) == (0, 7 * WAN)

    def test_last_year(self) -> None:
        engine = Engine(exact_report(5, the_template(), 20), the_book())
        put(engine, "01", "opening", "amount", 123)
        finding = found(engine, "last.01.opening")
        assert (finding.severity, finding.kind, finding.form) == (Severity.WARNING, "across_years", "01")
        assert "上年公开01表" in finding.message


class TestCodeFindings:
    def test_the_same_slip_in_several_forms_is_one_finding(self, engine: Engine, known: Catalogues) -> None:
        for form in ("03", "05", "02"):
            engine.apply(InsertRow(form, "201", "国防支出", automatic=False))
        finding = found(engine, "code.name", known)
        assert finding.severity is Severity.WARNING
        assert finding.message.startswith("公开02表、公开03表、公开05表：科目 201 的名称应为")
        assert finding.places == tuple(Cell(f, "201", "total") for f in ("02", "03", "05"))
        engine.apply(RenameRow("05", "201", "外交支出"))
        names = [f for f in all_findings(engine.report, engine.checker, known) if f.rule == "code.name"]
        assert {tuple(r for r, _ in f.rows) for f in names} == {("02", "03"), ("05",)}

    @pytest.mark.parametrize(
        ("rows", "rule", "severity"),
        [
            (["299"], "code.unknown", Severity.WARNING),
            (["2010301"], "code.parent_missing", Severity.WARNING),
            (["201", "201#2"], "code.duplicate", Severity.ERROR),
            (["2010"], "code.malformed", Severity.WARNING),
        ],
    )
    def test_severity(self, engine: Engine, known: Catalogues, rows: list[str], rule: str, severity: Severity) -> None:
        for row in rows:
            engine.apply(InsertRow("03", row, "", automatic=False))
        finding = found(engine, rule, known)
        assert finding.severity is severity
        assert finding.kind == "code"
        assert finding.form == "03"
        assert finding.message.startswith("公开03表：")

    def test_rows_out_of_order(self, engine: Engine, known: Catalogues) -> None:
        for at, row in enumerate(("206", "201")):
            engine.apply(InsertRow("03", row, "", at, automatic=False))
        assert "没有按编码顺序排列" in found(engine, "code.order", known).message

    def test_blocks_are_in_order_one_by_one(self, engine: Engine, known: Catalogues) -> None:
        # 303 stands before 302 in print, since personnel expenses come first.
        assert not [f for f in all_findings(engine.report, engine.checker, known) if f.kind == "code"]


class TestFormFindings:
    def test_forms_that_nobody_filled_in(self, engine: Engine) -> None:
        assert all_findings(engine.report, engine.checker) == []
        put(engine, "01", "opening", "amount", 5 * WAN)
        notes = [f for f in all_findings(engine.report, engine.checker) if f.rule == "form.empty"]
        assert [f.form for f in notes] == ["02", "03", "04", "05", "06"]
        assert {f.severity for f in notes} == {Severity.INFO}
        assert notes[0].message == "公开02表尚未填写，与它有关的表间关系暂不校验。"
        assert notes[0].places == (Cell("02", "total", "total"),)


class TestOrder:
    def test_by_severity_then_form_then_place(self, known: Catalogues) -> None:
        engine = Engine(published_report(6, the_template(), 20), the_book())
        entries = [(c, a + 5 * WAN, False) for c, a in sorted(engine.report.amounts.items())[::7]]
        engine.apply(SetCells(tuple(entries)))
        findings = all_findings(engine.report, engine.checker, known)
        order = {f.id: i for i, f in enumerate(engine.report.template.forms)}
        keys = [(f.severity, order.get(f.form, 99)) for f in findings]
        assert keys == sorted(keys)
        assert len({f.id for f in findings}) == len(findings)


class TestJson:
    def test_amounts_are_decimal_strings(self, engine: Engine, known: Catalogues) -> None:
        put(engine, "01", "general", "amount", 5 * WAN)
        put(engine, "01", "income_total", "amount", 7 * WAN)
        raw = finding_json(engine.report, found(engine, "01.income"))
        message = raw.pop("message")
        assert isinstance(message, str)
        assert raw == {
            "rule": "01.income",
            "severity": "error",
            "kind": "row",
            "form": "01",
            "places": ["01.L27.c1", "01.L1.c1"],
            "expected": "5.00",
            "found": "7.00",
            "difference": "2.00",
        }

    def test_words_and_suggestions(self, engine: Engine, known: Catalogues) -> None:
        engine.apply(InsertRow("03", "201", "外交支出", automatic=False))
        raw = finding_json(engine.report, found(engine, "code.name", known))
        assert raw["places"] == ["03.201.c1"]
        assert (raw["expected"], raw["found"], raw["difference"]) == ("一般公共服务支出", "外交支出", "")
        assert raw["suggestion"] == "202"

    def test_a_missing_row_has_a_place_too(self, engine: Engine, known: Catalogues) -> None:
        engine.apply(InsertRow("03", "20101", "人大事务", automatic=False))
        raw = finding_json(engine.report, found(engine, "code.parent_missing", known))
        assert raw["places"] == ["03.201"]

    def test_every_finding_can_be_written(self, known: Catalogues) -> None:
        engine = Engine(published_report(7, the_template(), 30), the_book())
        for cell in sorted(engine.report.amounts)[::5]:
            put(engine, *cell, None)
        for finding in all_findings(engine.report, engine.checker, known):
            raw = finding_json(engine.report, finding)
            assert json.loads(json.dumps(raw, ensure_ascii=False)) == raw
            assert raw["places"]
            assert str(raw["message"]).endswith("。")
            assert Severity[str(raw["severity"]).upper()] is finding.severity

    def test_severities_have_words(self) -> None:
        assert [s.code for s in Severity] == ["error", "warning", "rounding", "info", "accepted"]
        assert [s.label for s in Severity] == ["错误", "警告", "尾差", "提示", "已说明"]
