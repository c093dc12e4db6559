"""The money behind a generated report: what a ledger knows of one year, made up by chance but consistent."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from desktopapp.core.template import Template
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues

FUNDS = ("general", "fund", "capital")
OWN_INCOME = ("superior", "business", "operating", "affiliated", "other")
OWN_SPENDING = ("to_superior", "operating", "to_affiliated")
#: Column of form 09 → economic code of form 06 that it covers.
THREE_PUBLIC = {"abroad": "30212", "purchase": "31013", "running": "30231", "reception": "30217"}
#: Nothing smaller than 100 元: an amount that rounds to nothing is no longer printed, and then counts for nothing.
SMALLEST = 10_000


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


def choose_items(rng: random.Random, template: Template, rows: int) -> list[str]:
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


def make_ledger(
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
