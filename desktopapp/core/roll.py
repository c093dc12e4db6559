"""A new year's report made from last year's: the same rows, empty amounts, last year's outturn beside them."""

from __future__ import annotations

from dataclasses import dataclass

from desktopapp.core.catalogue import Catalogue, Catalogues, changed_between
from desktopapp.core.commands import SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.levels import base
from desktopapp.core.naming import form_name
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, TOTAL_ROW, Cell, Form, Shape, Template
from desktopapp.core.whole import whole_copy


@dataclass(frozen=True, slots=True)
class Rolled:
    """The new report, and what the accountant should know about it in sentences."""

    report: Report
    remarks: tuple[str, ...]


def roll_forward(
    last: Report, template: Template, year: int, before: Catalogues | None = None, now: Catalogues | None = None
) -> Rolled:
    """Return a report of ``year`` prepared from last year's.

    Department, settings, grains, rows and texts are carried over, amounts are empty, every computable cell follows its
    relation. Last year's outturn stands under the forms "last.01" …; last year's closing balances become this year's
    opening balances wherever an across-year relation says so. ``before`` and ``now`` are the classifications of both
    years: renamed codes get their new name, retired ones are pointed out.
    """
    roller = _Roller(last, new_report(template, year, last.department))
    roller.run(before, now)
    return Rolled(roller.report, tuple(roller.remarks))


class _Roller:
    def __init__(self, last: Report, report: Report) -> None:
        # Text compares with the totals that last year's forms mean, also where they print none.
        (self._last, self._filled), self.report = whole_copy(last), report
        self.remarks: list[str] = []

    def run(self, before: Catalogues | None, now: Catalogues | None) -> None:
        report, last = self.report, self._last
        report.settings.update({k: v for k, v in last.settings.items() if k in dict(report.template.settings)})
        for form in report.template.forms:
            if not last.template.has_form(form.id):
                self.remarks.append(f"{form_name(report, form.id)}在上年报表里没有，请自行填写。")
                continue
            if last.is_exact(form.id):
                report.grains[form.id] = last.grain(form.id)
                report.grains[LAST + form.id] = last.grain(form.id)
            self._carry_rows(form)
            self._carry_amounts(form)
        self._tell_filled()
        if before is not None and now is not None:
            self._follow_catalogue(before.functional, now.functional, "functional")
            self._follow_catalogue(before.economic, now.economic, "economic")
        engine = Engine(report, rule_book(report.template))
        engine.start_automatic()
        self._carry_balances(engine)

    def _tell_filled(self) -> None:
        forms = dict.fromkeys(c.form for c in self._filled if not c.form.startswith(LAST))
        if forms:
            names = "、".join(form_name(self._last, f) for f in forms)
            number = sum(c.form in forms for c in self._filled)
            self.remarks.append(f"上年{names}有 {number} 个合计空着，已按各项之和补上，作为上年数。")

    def _carry_rows(self, form: Form) -> None:
        if form.shape not in (Shape.CODES, Shape.BLOCKS):
            return
        old = self._last.rows_of(form.id)
        for form_id in (form.id, LAST + form.id):
            rows = self.report.rows_of(form_id)
            for row in old:
                # A doubled row was a slip of last year; its amounts stay with last year's form only.
                if row not in rows and ("#" not in row or form_id != form.id):
                    rows.insert(row, old.name(row), rows.place_for(row))

    def _carry_amounts(self, form: Form) -> None:
        """Put last year's outturn beside this year's form, by the keys that both templates share."""
        lost = 0
        for cell, amount in self._last.amounts.items():
            if cell.form == form.id:
                target = Cell(LAST + form.id, cell.row, cell.col)
                if self.report.has_cell(target):
                    self.report.amounts[target] = amount
                else:
                    lost += 1
        if lost:
            self.remarks.append(
                f"上年{form_name(self.report, form.id)}有 {lost} 个金额在新模板里没有对应的行或栏，没有带入。"
            )

    def _follow_catalogue(self, before: Catalogue, now: Catalogue, kind: str) -> None:
        forms = [f for f in self.report.template.forms if f.catalogue == kind and f.shape is Shape.CODES]
        used = {base(r) for f in forms for r in self.report.rows_of(f.id)}
        changes = changed_between(before, now, used)
        for old, new in changes.renamed:
            self.remarks.append(f"科目 {new.code} 的名称由“{old.name}”改为“{new.name}”，已按新名称列示。")
            for form in forms:
                if new.code in self.report.rows_of(form.id):
                    self.report.rows_of(form.id).rename(new.code, new.name)
        for entry in changes.retired:
            heir = f"，可能改用 {entry.successor}" if entry.successor else ""
            self.remarks.append(f"科目 {entry.code} {entry.name} 在 {self.report.year} 年目录中已停用{heir}，请核对。")

    def _carry_balances(self, engine: Engine) -> None:
        """Type last year's closing balances as opening balances; cells that follow other cells are left to them."""
        entries = []
        for relation in engine.checker.relations():
            if relation.kind != "across_years" or not relation.is_equation or len(relation.terms) != 2:
                continue
            (_, opening), (_, closing) = relation.terms
            amount = self.report.get(closing)
            if amount and opening.row != TOTAL_ROW and engine.checker.definer(opening) is None:
                entries.append((opening, amount, False))
        if entries:
            engine.apply(SetCells(tuple(entries)))
