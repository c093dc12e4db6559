"""Trials of the search for wrong cells: slips planted in one report after the other, and what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields
from random import Random
from time import process_time

from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.suspects import Suspect, suspects
from desktopapp.core.template import Cell
from tests.generators import the_book
from tests.planting import KINDS, SEVERAL, SINGLE, Planted, Planter, put, single_cell_repairs, violated

#: Suspects looked at for one slip.
_LIMIT = 20
#: Pairs of slips tried in one report.
PAIRS = 3
#: What names of trials among economic items begin with.
ECONOMIC = "06 "


@dataclass
class Tally:
    """Counts of one kind of slip.

    Attributes:
        cases: slips that violated something; ``unseen`` those that did not.
        determined: cases in which the relations leave no other cell; ``first`` those in which the right one came first,
            ``exact`` those in which its amount was right, too.
        choices: the other cases; ``said`` those said to be a choice, ``third`` those in which the right one was among
            the first three.
    """

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

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))


class Bench:
    """One report in which slips are planted one after the other; what it violated before is no matter of theirs."""

    def __init__(self, report: Report, seed: int) -> None:
        self.engine = Engine(report, the_book(report.template.id))
        self.report, self._seed = report, seed
        self._before = frozenset(r.id for r in violated(self.engine.checker))
        self._named = {s.places for s in suspects(report, self.engine.checker, 50)} if self._before else set()

    def judge(self, planted: Planted, tally: Tally) -> None:
        """Plant a slip, ask for suspects, count, and put everything right again."""
        put(self.engine, planted.wrong)
        try:
            self._judge(planted, tally)
        finally:
            put(self.engine, planted.right)

    def _judge(self, planted: Planted, tally: Tally) -> None:
        if not self._violates():
            tally.unseen += 1
            return
        tally.cases += 1
        start = process_time()
        found = suspects(self.report, self.engine.checker, _LIMIT + len(self._named))
        tally.milliseconds.append(1000 * (process_time() - start))
        found = [s for s in found if s.places not in self._named]
        rank = next((i for i, s in enumerate(found) if set(s.places) == planted.cells), 99)
        missed = f"{planted.kind} seed {self._seed} {[tuple(c) for c in planted.cells]} rank {rank}"
        if self._determined(planted):
            tally.determined += 1
            tally.first += rank == 0
            tally.exact += rank == 0 and _same(found[0], planted)
            if rank:
                tally.missed.append(missed)
        else:
            said = bool(found) and found[0].choice
            tally.choices += 1
            tally.said += said
            tally.third += rank < 3
            if not said or rank > 2:
                tally.missed.append(missed + ("" if said else " not said to be a choice"))

    def _violates(self) -> bool:
        return any(r.id not in self._before for r in violated(self.engine.checker))

    def _repairs(self) -> list[Cell]:
        return single_cell_repairs(self.engine, self._before)

    def _determined(self, planted: Planted) -> bool:
        """Tell whether the relations determine the slip: one cell only by itself, several each by itself."""
        if planted.kind not in SEVERAL:
            return self._repairs() == [*planted.cells]
        put(self.engine, planted.right)
        alone = []
        for cell, wrong in planted.wrong.items():
            put(self.engine, {cell: wrong})
            alone.append(not self._violates() or self._repairs() == [cell])
            put(self.engine, {cell: planted.right[cell]})
        put(self.engine, planted.wrong)
        return all(alone)

    def pair(self, pair: tuple[Planted, Planted], tally: Tally) -> None:
        """Judge two slips at once, each of which the relations determine by itself; first: both are named first."""
        for planted in pair:
            put(self.engine, planted.wrong)
            alone = self._violates() and self._repairs() == [*planted.cells]
            put(self.engine, planted.right)
            if not alone:
                return
        for planted in pair:
            put(self.engine, planted.wrong)
        start = process_time()
        found = suspects(self.report, self.engine.checker, _LIMIT + len(self._named))
        tally.milliseconds.append(1000 * (process_time() - start))
        found = [s for s in found if s.places not in self._named]
        places = {c for s in found[:2] for c in s.places}
        both = places == pair[0].cells | pair[1].cells
        tally.cases += 1
        tally.determined += 1
        tally.first += both
        tally.exact += both and all(
            a == (pair[0].right | pair[1].right)[c]
            for s in found[:2]
            for c, a in zip(s.places, s.suggested, strict=True)
        )
        if not both:
            tally.missed.append(f"seed {self._seed} {[(p.kind, *map(tuple, p.cells)) for p in pair]}")
        for planted in pair:
            put(self.engine, planted.right)


def _same(suspect: Suspect, planted: Planted) -> bool:
    return all(a == planted.right[c] for c, a in zip(suspect.places, suspect.suggested, strict=True))


def economic_items(report: Report) -> list[Cell]:
    """Return the items of the class of form 06 with the most of them."""
    items = sorted(c for c in report.amounts if c.form == "06" and len(c.row) == 5)
    if not items:
        return []
    largest = Counter(c.row[:3] for c in items).most_common(1)[0][0]
    return [c for c in items if c.row[:3] == largest]


def slip(bench: Bench, kind: str, seed: int, tally: Tally, economic: bool = False) -> None:
    """Judge one slip of a kind in a report, of any cell or among the economic items of form 06 only."""
    where = economic_items(bench.report) if economic else None
    if where == []:
        return
    planted = Planter(bench.report, Random(f"{kind}{seed}")).slip(kind, where)
    if planted is not None:
        bench.judge(planted, tally)


def pairs(bench: Bench, seed: int, tally: Tally) -> None:
    """Judge a few pairs of slips of single cells in a report."""
    for n in range(PAIRS):
        rng = Random(f"two{seed}/{n}")
        planter = Planter(bench.report, rng)
        first, second = (planter.slip(rng.choice(SINGLE)) for _ in range(2))
        if first is not None and second is not None and not first.cells & second.cells:
            bench.pair((first, second), tally)


def all_trials(report: Report, seed: int, names: Collection[str] = ()) -> dict[str, Tally]:
    """Return what came of every kind of slip in a report, or those named; "clean" counts suspects without any slip."""
    bench = Bench(report, seed)
    found = {name: Tally() for name in names or NAMES}
    for name, tally in found.items():
        if name == "clean":
            tally.cases += 1
            tally.first += bool(suspects(report, bench.engine.checker))
        elif name == "two":
            pairs(bench, seed, tally)
        else:
            slip(bench, name.removeprefix(ECONOMIC), seed, tally, name.startswith(ECONOMIC))
    return found


def tallied(reports: Iterable[tuple[int, Report]], names: Collection[str] = ()) -> dict[str, Tally]:
    """Return what came of slips in reports, given with their seeds, together by name."""
    found = {name: Tally() for name in names or NAMES}
    for seed, report in reports:
        for name, tally in all_trials(report, seed, names).items():
            found[name].add(tally)
    return found


def _names() -> Iterator[str]:
    yield from ("clean", *KINDS)
    yield from (ECONOMIC + kind for kind in SINGLE)
    yield "two"


#: Names of all trials, in the order in which they are told.
NAMES = tuple(_names())
