"""A seeded generator of consistent reports: linked forms 01–09, hierarchies, funds, last year.

Everything is built from what a ledger knows — items with their money by kind of fund, a year's opening and closing
balances, economic items — and summed up from there, so that every relation of the template holds to the 分. Nothing
here knows a printed line number; what a template does not print is left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, round_to
from desktopapp.core.relations import RuleBook, rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, SINGLE_ROW, TOTAL_ROW, Cell, Form, Shape, Template
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from desktopapp.store.template_files import load_template

#: Templates over which series of reports are spread.
TEMPLATES = ("hubei-2023", "hubei-2024", "shanghai-2024", "xianning-2023")
FUNDS = ("general", "fund", "capital")
#: Form in which each fund's spending is shown item by item.
FUND_FORMS = {"general": "05", "fund": "07", "capital": "08"}
OWN_INCOME = ("superior", "business", "operating", "affiliated", "other")
OWN_SPENDING = ("to_superior", "operating", "to_affiliated")
#: Column of form 09 → economic code of form 06 that it covers.
THREE_PUBLIC = {"abroad": "30212", "purchase": "31013", "running": "30231", "reception": "30217"}
#: Nothing smaller than 100 元: an amount that rounds to nothing is no longer printed, and then counts for nothing.
SMALLEST = 10_000


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


@dataclass
class Balance:
    """One fund's money for one item: opening + income = basic + project + closing."""

    opening: int = 0
    basic: int = 0
    project: int = 0
    closing: int = 0

    @property
    def total(self) -> int:
        return self.basic + self.project

    @property
    def income(self) -> int:
        return self.total + self.closing - self.opening


@dataclass
class Ledger:
    """One year's money: per item and fund, own money per item, own balances, economic items, three-public budget."""

    items: list[str]
    fund: dict[str, dict[str, Balance]] = field(default_factory=dict)
    income: dict[str, dict[str, int]] = field(default_factory=dict)
    spending: dict[str, dict[str, int]] = field(default_factory=dict)
    own_opening: int = 0
    own_closing: int = 0
    use_of_surplus: int = 0
    distribution: int = 0
    economic: dict[str, int] = field(default_factory=dict)
    outturn: dict[str, int] = field(default_factory=dict)
    budget: dict[str, int] = field(default_factory=dict)

    def balance(self, fund: str, item: str) -> Balance:
        return self.fund[fund].get(item) or Balance()

    def of_fund(self, fund: str, what: str) -> int:
        return sum(getattr(b, what) for b in self.fund[fund].values())


def exact_report(seed: int, template: Template | None = None, rows: int = 40, **wanted: bool | None) -> Report:
    """Return a report kept to the 分 in which every relation holds exactly; the same for the same arguments.

    ``wanted`` are the other attributes of ``Wanted``.
    """
    wish = replace(Wanted(rows=rows), **wanted)
    rng = random.Random(f"{seed}/{rows}")
    template = template or the_template()
    report = new_report(template, template.year, f"示例单位{seed}")
    items = _items(rng, template, rows)
    own = rng.random() < 0.5 if wish.own_money is None else wish.own_money
    funds = rng.random() < 0.5 if wish.funds is None else wish.funds
    shares = {"general": 0.85, "fund": 0.25 if funds else 0.0, "capital": 0.2 if funds and rng.random() < 0.6 else 0.0}
    before = _ledger(rng, template, items, own, shares, None)
    ledger = _ledger(rng, template, items, own, shares, before)
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


# ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _money(rng: random.Random, most: int = 9) -> int:
    """Return an amount in 分 between 1 万元 and some 万万元, sizes spread evenly over the powers of ten."""
    return int(10 ** rng.uniform(6, most + rng.random()))


def _at_least(amount: int) -> int:
    """Return the amount, or nothing when it is too small to be printed."""
    return amount if amount >= SMALLEST else 0


def _part(rng: random.Random, amount: int, most: float = 0.3) -> int:
    """Return a part of an amount that leaves a printable rest."""
    part = _at_least(int(amount * rng.random() * most))
    return part if amount - part >= SMALLEST else 0


@cache
def _catalogue_items(year: int) -> dict[str, list[str]]:
    """Return the items of the functional catalogue by class."""
    found: dict[str, list[str]] = {}
    for entry in load_catalogues(resource_root() / "codes", year).functional.entries:
        if len(entry.code) == 7:
            found.setdefault(entry.code[:3], []).append(entry.code)
    return found


def _items(rng: random.Random, template: Template, rows: int) -> list[str]:
    """Return item codes of the classes that the template prints, as many as give the rows, in code order."""
    form = template.form("01")
    classes = [ln.key for side in form.sides for ln in side.lines if ln.is_class]
    known = _catalogue_items(template.year)
    chosen = sorted(rng.sample(classes, min(len(classes), max(2, min(9, rows // 6)))))
    pool = [code for cls in chosen for code in known.get(cls, ())]
    if len(pool) < rows:
        chosen, pool = classes, _invented(classes, rows)
    codes: set[str] = set()
    items: list[str] = []
    # Whole sections and lone items alike, because both kinds of sums must be met.
    while len(codes) < rows and pool:
        at = rng.randrange(len(pool))
        for code in pool[at : at + rng.choice((1, 1, 2, 3, 5))]:
            if code not in codes:
                items.append(code)
                codes.update((code, code[:5], code[:3]))
        del pool[at : at + 1]
    return sorted(set(items))


def _invented(classes: Sequence[str], rows: int) -> list[str]:
    """Return codes for sizes beyond what the catalogue holds: up to 80 sections of 60 items in each class."""
    per_class = rows // len(classes) + 60
    sections = max(4, min(80, per_class // 12))
    items = max(8, min(60, 2 * per_class // sections))
    return [f"{c}{s:02d}{i:02d}" for c in classes for s in range(1, sections + 1) for i in range(1, items + 1)]


def _ledger(
    rng: random.Random,
    template: Template,
    items: list[str],
    own: bool,
    shares: Mapping[str, float],
    before: Ledger | None,
) -> Ledger:
    """Return a year's money; ``shares`` are the parts of the items that each fund pays for."""
    ledger = Ledger(items)
    for fund, share in shares.items():
        ledger.fund[fund] = {i: _balance(rng, fund, i, before) for i in items if rng.random() < share}
        if before is not None:
            # An item with money left from last year goes on.
            for item, old in before.fund[fund].items():
                if old.closing and item not in ledger.fund[fund]:
                    ledger.fund[fund][item] = _balance(rng, fund, item, before)
    for item in items:
        if not any(item in ledger.fund[fund] for fund in FUNDS):
            ledger.fund["general"][item] = _balance(rng, "general", item, before)
    if own:
        _own_money(rng, ledger, before)
    _economic(rng, template, ledger, before)
    return ledger


def _balance(rng: random.Random, fund: str, item: str, before: Ledger | None) -> Balance:
    old = before.fund[fund].get(item) if before is not None and fund in before.fund else None
    if old is not None and old.total and rng.random() < 0.9:
        scale = rng.uniform(0.7, 1.35)
        basic, project = _at_least(int(old.basic * scale)), _at_least(int(old.project * rng.uniform(0.6, 1.5)))
    else:
        basic = _money(rng) if fund == "general" and rng.random() < 0.6 else 0
        project = _money(rng) if not basic or rng.random() < 0.5 else 0
    found = Balance(old.closing if old else 0, basic, project)
    if rng.random() < 0.25:
        found.closing = _part(rng, found.total)
    if found.income < 0 or 0 < found.income < SMALLEST:
        found.closing += SMALLEST + max(0, -found.income) + rng.randrange(SMALLEST)
    return found


def _own_money(rng: random.Random, ledger: Ledger, before: Ledger | None) -> None:
    kinds = rng.sample(OWN_INCOME, rng.randint(1, 3))
    for item in ledger.items:
        if rng.random() < 0.4:
            ledger.income[item] = {k: _money(rng, 8) for k in kinds if rng.random() < 0.7}
        if rng.random() < 0.4:
            spent = {"basic": _money(rng, 8), "project": _money(rng, 8)} if rng.random() < 0.8 else {}
            spent |= {k: _money(rng, 7) for k in OWN_SPENDING if rng.random() < 0.1}
            ledger.spending[item] = spent
    ledger.own_opening = before.own_closing if before is not None else _money(rng, 8)
    income = sum(sum(v.values()) for v in ledger.income.values()) + ledger.own_opening
    spent = sum(sum(v.values()) for v in ledger.spending.values())
    rest = income - spent
    if rest < SMALLEST:
        ledger.use_of_surplus = _money(rng, 8) + max(0, -rest)
        rest += ledger.use_of_surplus
    ledger.distribution = _part(rng, rest) if rng.random() < 0.3 else 0
    ledger.own_closing = rest - ledger.distribution


def _economic(rng: random.Random, template: Template, ledger: Ledger, before: Ledger | None) -> None:
    """Divide the basic expenditure of the general budget among economic items."""
    printed = [c for b in template.form("06").blocks for c, _ in b.rows if len(c) == 5]
    kept = [c for c in printed if before is not None and c in before.economic and rng.random() < 0.9]
    chosen = sorted(set(kept) | {c for c in printed if rng.random() < (0.15 if kept else 0.55)}) or printed[:1]
    basic = ledger.of_fund("general", "basic")
    scale = {c: (before.economic.get(c, 0) if before else 0) or _money(rng, 8) for c in chosen}
    whole = sum(scale.values())
    shares = {c: _at_least(int(basic * scale[c] * rng.uniform(0.8, 1.2) / whole)) for c in chosen}
    rest = basic - sum(shares.values())
    while rest:
        # What is left, too much or too little, goes where it leaves a printable amount.
        code = max(chosen, key=lambda c: shares[c])
        step = max(rest, SMALLEST - shares[code]) if rest < 0 else rest
        if step == 0:
            break
        shares[code] += step
        rest -= step
    ledger.economic = {c: a for c, a in shares.items() if a}
    for column, code in THREE_PUBLIC.items():
        covered = ledger.economic.get(code, 0)
        more = _money(rng, 6) if rng.random() < 0.3 else 0
        ledger.outturn[column] = covered + more
        ledger.budget[column] = ledger.outturn[column] + (_money(rng, 6) if rng.random() < 0.7 else 0)


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
