"""A seeded generator of consistent reports: linked forms 01–09, hierarchies, funds, last year.

Everything is built from what a ledger knows — items with their money by kind of fund, a year's opening and closing
balances, economic items — and summed up from there, so that every relation of the template holds to the 分. Nothing
here knows a printed line number; what a template does not print is left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, round_to
from desktopapp.core.relations import RuleBook, rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, SINGLE_ROW, TOTAL_ROW, Cell, Form, Shape, Template
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from desktopapp.store.template_files import load_template
from tests.ledger import FUNDS, OWN_INCOME, OWN_SPENDING, Ledger, choose_items, make_ledger

#: Templates over which series of reports are spread.
TEMPLATES = ("hubei-2023", "hubei-2024", "shanghai-2024", "xianning-2023")
#: Form in which each fund's spending is shown item by item.
FUND_FORMS = {"general": "05", "fund": "07", "capital": "08"}


@cache
def the_template(template_id: str = "hubei-2023") -> Template:
    """Return a template of the program by id."""
    return load_template(resource_root() / "templates", template_id)


@cache
def the_book(template_id: str = "hubei-2023") -> RuleBook:
    """Return the relations of a template of the program."""
    return rule_book(the_template(template_id))


@dataclass(frozen=True)
class Wanted:
    """What a generated report should be like.

    Attributes:
        rows: how many functional codes, parents included, form 03 has at least.
        last_year: whether last year's amounts are there too.
        own_money: whether there is money besides the treasury's; None leaves it to chance.
        funds: whether there is money of the two special funds; None leaves it to chance.
    """

    rows: int = 40
    last_year: bool = True
    own_money: bool | None = None
    funds: bool | None = None


def exact_report(seed: int, template: Template | None = None, rows: int = 40, **wanted: bool | None) -> Report:
    """Return a report kept to the 分 in which every relation holds exactly; the same for the same arguments.

    ``wanted`` are the other attributes of ``Wanted``.
    """
    wish = replace(Wanted(rows=rows), **wanted)
    rng = random.Random(f"{seed}/{rows}")
    template = template or the_template()
    report = new_report(template, template.year, f"示例单位{seed}")
    items = choose_items(rng, template, rows)
    own = rng.random() < 0.5 if wish.own_money is None else wish.own_money
    funds = rng.random() < 0.5 if wish.funds is None else wish.funds
    shares = {"general": 0.85, "fund": 0.25 if funds else 0.0, "capital": 0.2 if funds and rng.random() < 0.6 else 0.0}
    before = make_ledger(rng, template, items, own, shares, None)
    ledger = make_ledger(rng, template, items, own, shares, before)
    _Writer(report, ledger, "").write()
    if wish.last_year:
        _Writer(report, before, LAST).write()
    report.grains = {prefix + f.id: EXACT_GRAIN for f in template.forms for prefix in ("", LAST)}
    return report


def published_report(seed: int, template: Template | None = None, rows: int = 40, **wanted: bool | None) -> Report:
    """Return the same report as an office publishes it: every amount rounded half up to 0.01 万元 by itself."""
    return rounded(exact_report(seed, template, rows, **wanted))


def rounded(report: Report) -> Report:
    """Return a report with every amount rounded half up to 0.01 万元; the rows are shared with the given one."""
    amounts = {c: r for c, a in report.amounts.items() if (r := round_to(a, PUBLISHED_GRAIN))}
    return Report(
        report.template,
        report.year,
        report.department,
        amounts,
        rows=report.rows,
        settings=dict(report.settings),
        fields=dict(report.fields),
    )


# ── the forms ───────────────────────────────────────────────────────────────────────────────────────────────────────
class _Writer:
    """Writes a ledger into the forms of a report, this year's or last year's."""

    def __init__(self, report: Report, ledger: Ledger, prefix: str) -> None:
        self._report, self._ledger, self._prefix = report, ledger, prefix
        self._names = _names(report.template)

    def write(self) -> None:
        self._codes()
        self._economic()
        self._fixed("01", self._summary())
        self._fixed("04", self._treasury())
        self._fixed("09", self._three_public())
        if not self._prefix:
            self._fixed("S1", {("agency_running", "amount"): self._sum("public")})

    def _has(self, form_id: str) -> bool:
        return self._report.template.has_form(form_id)

    def _put(self, form_id: str, row: str, column: str, amount: int) -> None:
        if amount:
            self._report.amounts[Cell(self._prefix + form_id, row, column)] = amount

    def _fixed(self, form_id: str, values: Mapping[tuple[str, str], int]) -> None:
        if not self._has(form_id):
            return
        for (row, column), amount in values.items():
            if self._report.has_cell(Cell(self._prefix + form_id, row, column)):
                self._put(form_id, row, column, amount)

    def _codes(self) -> None:
        ledger = self._ledger
        tables: dict[str, dict[str, dict[str, int]]] = {"02": {}, "03": {}, "05": {}, "07": {}, "08": {}}
        for item in ledger.items:
            money = {fund: ledger.balance(fund, item) for fund in FUNDS}
            own, spent = ledger.income.get(item, {}), ledger.spending.get(item, {})
            fiscal = sum(b.income for b in money.values())
            tables["02"][item] = {"total": fiscal + sum(own.values()), "fiscal": fiscal, **own}
            basic = sum(b.basic for b in money.values()) + spent.get("basic", 0)
            project = sum(b.project for b in money.values()) + spent.get("project", 0)
            others = {k: spent.get(k, 0) for k in OWN_SPENDING}
            total = basic + project + sum(others.values())
            tables["03"][item] = {"total": total, "basic": basic, "project": project, **others}
            for fund, form_id in FUND_FORMS.items():
                tables[form_id][item] = {
                    name: getattr(money[fund], name)
                    for name in ("opening", "income", "total", "basic", "project", "closing")
                }
        for form_id, table in tables.items():
            if self._has(form_id):
                self._hierarchy(self._report.template.form(form_id), table)

    def _hierarchy(self, form: Form, table: Mapping[str, Mapping[str, int]]) -> None:
        """Write items with everything above them; items without money have no row."""
        columns = [c.key for c in form.columns]
        sums: dict[str, dict[str, int]] = {}
        for item, values in table.items():
            if any(values.get(c) for c in columns):
                for row in (item, item[:5], item[:3], TOTAL_ROW):
                    into = sums.setdefault(row, dict.fromkeys(columns, 0))
                    for column in columns:
                        into[column] += values.get(column, 0)
        rows = self._report.rows_of(self._prefix + form.id)
        for code in sorted(sums.keys() - {TOTAL_ROW}):
            rows.insert(code, self._names.get(code, f"科目{code}"), len(rows))
        for row, found in sums.items():
            for column, amount in found.items():
                self._put(form.id, row, column, amount)

    def _economic(self) -> None:
        form = self._report.template.form("06")
        assert form.shape is Shape.BLOCKS
        column = form.columns[0].key
        sums: dict[str, int] = {}
        for code, amount in self._ledger.economic.items():
            half = _half_of(form, code)
            for row in (code, code[:3], half):
                sums[row] = sums.get(row, 0) + amount
        rows = self._report.rows_of(self._prefix + "06")
        if self._prefix:
            for code, name in ((c, n) for b in form.blocks for c, n in b.rows):
                rows.insert(code, name, len(rows))
        for row, amount in sums.items():
            self._put("06", row, column, amount)

    def _sum(self, half: str) -> int:
        form = self._report.template.form("06")
        return sum(a for c, a in self._ledger.economic.items() if _half_of(form, c) == half)

    def _summary(self) -> dict[tuple[str, str], int]:
        ledger = self._ledger
        income = {f: ledger.of_fund(f, "income") for f in FUNDS}
        income |= {k: sum(v.get(k, 0) for v in ledger.income.values()) for k in OWN_INCOME}
        classes: dict[str, int] = {}
        for item in ledger.items:
            spent = sum(ledger.balance(f, item).total for f in FUNDS) + sum(ledger.spending.get(item, {}).values())
            classes[item[:3]] = classes.get(item[:3], 0) + spent
        opening = sum(ledger.of_fund(f, "opening") for f in FUNDS) + ledger.own_opening
        closing = sum(ledger.of_fund(f, "closing") for f in FUNDS) + ledger.own_closing
        lines = {
            **income,
            "income_total": sum(income.values()),
            "use_of_surplus": ledger.use_of_surplus,
            "opening": opening,
            "grand_income": sum(income.values()) + ledger.use_of_surplus + opening,
            **classes,
            "expense_total": sum(classes.values()),
            "surplus_distribution": ledger.distribution,
            "closing": closing,
            "grand_expense": sum(classes.values()) + ledger.distribution + closing,
        }
        return {(row, "amount"): amount for row, amount in lines.items()}

    def _treasury(self) -> dict[tuple[str, str], int]:
        ledger = self._ledger
        found: dict[tuple[str, str], int] = {}
        for fund in FUNDS:
            income, opening, closing = (ledger.of_fund(fund, w) for w in ("income", "opening", "closing"))
            for row, amount in ((fund, income), ("income_total", income), ("grand_income", income + opening)):
                found[row, "amount"] = found.get((row, "amount"), 0) + amount
            for row, amount in ((f"opening_{fund}", opening), ("opening", opening)):
                found[row, "amount"] = found.get((row, "amount"), 0) + amount
            lines = {"closing": closing, "expense_total": ledger.of_fund(fund, "total")}
            lines["grand_expense"] = lines["closing"] + lines["expense_total"]
            for item, balance in ledger.fund[fund].items():
                lines[item[:3]] = lines.get(item[:3], 0) + balance.total
            for row, amount in lines.items():
                found[row, fund] = amount
                found[row, "total"] = found.get((row, "total"), 0) + amount
        return found

    def _three_public(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for kind, values in (("budget", self._ledger.budget), ("outturn", self._ledger.outturn)):
            found |= {(SINGLE_ROW, f"{kind}_{name}"): amount for name, amount in values.items()}
            found[SINGLE_ROW, f"{kind}_vehicles"] = values["purchase"] + values["running"]
            found[SINGLE_ROW, f"{kind}_total"] = sum(values.values())
        return found


def _half_of(form: Form, code: str) -> str:
    """Return the row key of the total that takes in an economic code: the next one printed from its block on."""
    blocks = list(form.blocks)
    at = next(i for i, b in enumerate(blocks) if code[:3] in b.classes)
    return next(b.total.key for b in blocks[at:] if b.total)


def _names(template: Template) -> dict[str, str]:
    return {e.code: e.name for e in load_catalogues(resource_root() / "codes", template.year).functional.entries}


def reports(count: int, rows: Sequence[int] = (20, 40, 80)) -> Iterator[tuple[int, Report]]:
    """Yield exact reports with their seeds, over the sizes and templates in turn."""
    for seed in range(count):
        yield seed, exact_report(seed, the_template(TEMPLATES[seed % len(TEMPLATES)]), rows[seed % len(rows)])
