"""Measures the search for wrong cells on generated reports with planted slips.

Run with ``python -m tests.benchmarks.evaluate_suspects [reports per kind] [rows]``; prints one line per kind.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.suspects import Suspect, suspects
from desktopapp.core.template import Cell
from tests.generators import TEMPLATES, published_report, the_book, the_template
from tests.planting import KINDS, SEVERAL, SINGLE, Planted, Planter, put, single_cell_repairs, violated


@dataclass
class Tally:
    """Counts of one kind of slip."""

    cases: int = 0
    unseen: int = 0
    determined: int = 0
    first: int = 0
    exact: int = 0
    choices: int = 0
    said: int = 0
    third: int = 0
    milliseconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def report_for(seed: int, rows: int) -> Report:
    """Return the published report of a seed, of the templates in turn; every other one without last year's amounts."""
    template = the_template(TEMPLATES[seed % len(TEMPLATES)])
    return published_report(seed, template, rows, last_year=seed % 8 < 4)


def judge(engine: Engine, planted: Planted, tally: Tally, label: str) -> None:
    """Plant a slip, ask for suspects, count, and put everything right again."""
    put(engine, planted.wrong)
    try:
        _judge(engine, planted, tally, label)
    finally:
        put(engine, planted.right)


def _judge(engine: Engine, planted: Planted, tally: Tally, label: str) -> None:
    if not violated(engine.checker):
        tally.unseen += 1
        return
    tally.cases += 1
    start = perf_counter()
    found = suspects(engine.report, engine.checker, 20)
    tally.milliseconds.append(1000 * (perf_counter() - start))
    rank = next((i for i, s in enumerate(found) if set(s.places) == planted.cells), 99)
    if _determined(engine, planted):
        tally.determined += 1
        tally.first += rank == 0
        tally.exact += rank == 0 and _same(found[0], planted)
        if rank:
            tally.missed.append(f"{label} {[tuple(c) for c in planted.cells]} rank {rank}")
    else:
        tally.choices += 1
        tally.said += bool(found) and found[0].choice
        tally.third += rank < 3


def _determined(engine: Engine, planted: Planted) -> bool:
    """Tell whether the relations determine the slip: one cell only by itself, several each by itself."""
    if planted.kind not in SEVERAL:
        return single_cell_repairs(engine) == [*planted.cells]
    put(engine, planted.right)
    alone = []
    for cell, wrong in planted.wrong.items():
        put(engine, {cell: wrong})
        alone.append(not violated(engine.checker) or single_cell_repairs(engine) == [cell])
        put(engine, {cell: planted.right[cell]})
    put(engine, planted.wrong)
    return all(alone)


def _same(suspect: Suspect, planted: Planted) -> bool:
    return all(a == planted.right[c] for c, a in zip(suspect.places, suspect.suggested, strict=True))


def one_slip(kind: str, count: int, rows: int, tally: Tally, cells: str = "") -> None:
    """Judge one slip in each of so many reports; ``cells`` "economic" takes items of form 06 only."""
    for seed in range(count):
        report = report_for(seed, rows)
        planter = Planter(report, Random(f"{kind}{seed}"))
        where = economic_items(report) if cells else None
        planted = planter.slip(kind, where) if where is None or where else None
        if planted is not None:
            judge(Engine(report, the_book(report.template.id)), planted, tally, f"{kind} seed {seed}")


def economic_items(report: Report) -> list[Cell]:
    """Return the items of the class of form 06 with the most of them."""
    items = sorted(c for c in report.amounts if c.form == "06" and len(c.row) == 5)
    if not items:
        return []
    largest = Counter(c.row[:3] for c in items).most_common(1)[0][0]
    return [c for c in items if c.row[:3] == largest]


def two_slips(count: int, rows: int) -> tuple[int, int, int, list[str]]:
    """Return (cases in which the relations determine each slip alone, both found first, worst ms, what was missed)."""
    cases = both = 0
    missed: list[str] = []
    worst = 0.0
    for seed in range(count):
        report = report_for(seed, rows)
        rng = Random(f"two{seed}")
        planter = Planter(report, rng)
        pair = [planter.slip(rng.choice(SINGLE)) for _ in range(2)]
        if any(p is None for p in pair) or pair[0].cells & pair[1].cells:  # type: ignore[union-attr]
            continue
        engine = Engine(report, the_book(report.template.id))
        alone = []
        for planted in pair:
            assert planted is not None
            put(engine, planted.wrong)
            alone.append(bool(violated(engine.checker)) and single_cell_repairs(engine) == [*planted.cells])
            put(engine, planted.right)
        if not all(alone):
            continue
        cases += 1
        for planted in pair:
            assert planted is not None
            put(engine, planted.wrong)
        start = perf_counter()
        found = suspects(report, engine.checker, 20)
        worst = max(worst, 1000 * (perf_counter() - start))
        places = {c for s in found[:2] for c in s.places}
        wanted = {c for p in pair if p is not None for c in p.cells}
        both += places == wanted
        if places != wanted:
            missed.append(f"seed {seed} {[(p.kind, *map(tuple, p.cells)) for p in pair if p]}")
    return cases, both, int(worst), missed


def clean(count: int, rows: int) -> int:
    """Return how many reports without errors name a suspect."""
    wrong = 0
    for seed in range(count):
        report = report_for(seed, rows)
        wrong += bool(suspects(report, Engine(report, the_book(report.template.id)).checker))
    return wrong


def _line(name: str, t: Tally) -> str:
    ms = sorted(t.milliseconds)
    share = f"{t.first}/{t.determined}" + (f" {100 * t.first / t.determined:.1f} %" if t.determined else "")
    return (
        (
            f"{name:12} seen {t.cases:5} unseen {t.unseen:4} | determined, first: {share:18} value {t.exact:5}"
            f" | choices {t.choices:4} said {t.said:4} in three {t.third:4}"
            f" | ms median {ms[len(ms) // 2]:.1f} worst {ms[-1]:.1f}"
        )
        if ms
        else f"{name:12} none"
    )


def main(count: int = 200, rows: int = 40) -> None:
    """Print the figures."""
    print(f"clean reports with suspects: {clean(count, rows)} of {count}")
    total, economic = Tally(), Tally()
    for kind in KINDS:
        tally = Tally()
        one_slip(kind, count, rows, tally)
        print(_line(kind, tally), *tally.missed[:4], sep="\n    ")
        for name in ("cases", "unseen", "determined", "first", "exact", "choices", "said", "third"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
        total.milliseconds += tally.milliseconds
    print(_line("all", total))
    for kind in SINGLE:
        tally = Tally()
        one_slip(kind, count, rows, tally, "economic")
        print(_line(f"06 {kind}", tally))
        for name in ("cases", "unseen", "determined", "first", "choices", "said", "third"):
            setattr(economic, name, getattr(economic, name) + getattr(tally, name))
        economic.milliseconds += tally.milliseconds
    print(_line("06 all", economic))
    cases, both, worst, missed = two_slips(count * 3, rows)
    print(f"two slips: both first in {both} of {cases} determined cases, worst {worst} ms", *missed[:12], sep="\n    ")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
