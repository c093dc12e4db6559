"""The exact search for wrong cells: the fewest cells whose change repairs every violated relation (Fellegi and Holt).

A set of cells can repair everything when their changes alone can bring all relations within tolerance. Where they
cannot, some combination of relations proves it: one in which these cells cancel out and which is still violated. At
least one other cell of that combination is wrong, too. Such proofs are collected until the smallest set of cells that
meets them all can repair everything; it is then the smallest there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from desktopapp.core.checker import Checker
from desktopapp.core.evidence import Facts, Scene
from desktopapp.core.localise import Answer, Change, Part, Search
from desktopapp.core.report import Report
from desktopapp.core.suspects import Cause, Group, Suspect, all_moves, combine, grouped, ranked
from desktopapp.core.template import Cell
from desktopapp.solver.program import Cancelled, Program, Progress, SolverCancelled, never
from desktopapp.solver.violation import least_violation

#: Beyond so many proofs, or so many seconds, the quick search has to do.
_MOST_PROOFS = 300
_SECONDS = 5.0
#: More violated relations than this are no slips but a report that does not fit its template.
_MOST_RELATIONS = 300


def exact_suspects(
    report: Report,
    checker: Checker,
    limit: int = 10,
    cancelled: Cancelled = never,
    progress: Progress | None = None,
) -> list[Suspect]:
    """Return what ``core.suspects.suspects`` returns, with the fewest cells proved; for the background.

    Raises SolverError and SolverCancelled.
    """
    return ranked(_groups(Scene(report, checker), cancelled, progress), limit)


def exact_causes(
    report: Report, checker: Checker, cancelled: Cancelled = never, progress: Progress | None = None
) -> list[Cause]:
    """Return what ``core.suspects.causes`` returns, with the fewest cells proved; for the background.

    Raises SolverError and SolverCancelled.
    """
    scene = Scene(report, checker)
    return grouped(scene, _groups(scene, cancelled, progress))


def _groups(scene: Scene, cancelled: Cancelled, progress: Progress | None) -> list[Group]:
    if not scene.violated:
        return []
    search = Search(scene)
    parts = search.parts()
    if len(scene.bad) <= _MOST_RELATIONS:
        parts = _Exact(scene, search, cancelled, progress).parts(parts)
    return combine(scene, search, parts, all_moves(scene, search))


@dataclass(frozen=True, slots=True)
class _Row:
    """What a relation asks of the changes of some cells: ``low ≤ Σ sign·change ≤ high`` in 分."""

    facts: Facts
    low: int
    high: int


class _Exact:
    """Collects proofs over one scene until the smallest set of wrong cells is known."""

    def __init__(self, scene: Scene, search: Search, cancelled: Cancelled, progress: Progress | None) -> None:
        self._scene, self._search = scene, search
        self._cancelled, self._progress = cancelled, progress
        self._proofs = [frozenset(c for _, c in scene.terms(f.relation)) for f in scene.bad.values()]

    def parts(self, quick: Sequence[Part]) -> list[Part]:
        """Return the quick parts, or better ones where fewer cells or more relations are possible."""
        changes = self.fewest()
        if changes is None:
            return list(quick)
        answered = all(p.answers and not p.left for p in quick)
        if answered and len(changes) >= sum(len(p.answers[0].changes) for p in quick):
            return list(quick)
        return self._split(changes)

    def fewest(self) -> dict[Cell, int] | None:
        """Return a smallest set of cells with changes in 分 that repair everything; None when it was not found."""
        stop = monotonic() + _SECONDS
        for step in range(_MOST_PROOFS):
            if self._cancelled():
                raise SolverCancelled
            if monotonic() > stop:
                return None
            if self._progress is not None:
                self._progress(step, _MOST_PROOFS)
            chosen = self._meet_proofs()
            if chosen is None:
                return None
            changes, proof = self._try(chosen)
            if changes is not None:
                return changes
            if not proof or proof in self._proofs:
                return None
            self._proofs.append(proof)
        return None

    def _meet_proofs(self) -> list[Cell] | None:
        """Return the fewest cells of which every proof contains one; among equals those in most relations at fault."""
        cells = sorted({c for proof in self._proofs for c in proof})
        number = {c: k for k, c in enumerate(cells)}
        program = Program(self._cancelled)
        for _ in cells:
            program.column()
        for proof in self._proofs:
            program.row(1, None, [(number[c], 1) for c in sorted(proof)])
        # A cell is preferred when all relations that judge it are violated; this never outweighs a further cell.
        weight = 2 * len(cells) + 2
        answer = program.minimise([weight + self._doubt(c) for c in cells])
        return None if answer is None else [c for c, v in zip(cells, answer.values, strict=True) if v]

    def _doubt(self, cell: Cell) -> int:
        return int(any(not f.bad for _, f in self._scene.links(cell)))

    def _try(self, chosen: Sequence[Cell]) -> tuple[dict[Cell, int] | None, frozenset[Cell]]:
        """Return changes of the chosen cells that repair everything, or the cells of a proof that there are none."""
        scene = self._scene
        number = {c: k for k, c in enumerate(chosen)}
        facts = dict(scene.bad)
        for cell in chosen:
            facts.update((f.relation.id, f) for _, f in scene.links(cell))
        rows = [self._row(f, number) for f in facts.values()]
        terms = [[(number[c], s) for s, c in scene.terms(r.facts.relation) if c in number] for r in rows]
        unit = max(1, min(scene.report.grain(c.form) for c in chosen))
        found = least_violation(
            len(chosen), [(r.low / unit, r.high / unit, t) for r, t in zip(rows, terms, strict=True)]
        )
        if found.violation < 0.25:
            grains = [scene.report.grain(c.form) for c in chosen]
            values = [round(v * unit / g) * g for v, g in zip(found.values, grains, strict=True)]
            return dict(zip(chosen, values, strict=True)), frozenset()
        proof: dict[Cell, float] = {}
        for row, weight in zip(rows, found.weights, strict=True):
            if abs(weight) > 1e-7:
                for sign, cell in scene.terms(row.facts.relation):
                    proof[cell] = proof.get(cell, 0) + sign * weight
        return None, frozenset(c for c, w in proof.items() if abs(w) > 1e-7 and c not in number)

    def _row(self, facts: Facts, number: Mapping[Cell, int]) -> _Row:
        amounts = self._scene.report.amounts
        terms = self._scene.terms(facts.relation)
        reach = facts.tolerance + sum(self._scene.half(c) for _, c in terms if c in number and c not in amounts)
        low = -facts.residual - reach if facts.relation.is_equation else -(10**17)
        return _Row(facts, low, -facts.residual + reach)

    # ── from cells to parts ─────────────────────────────────────────────────────────────────────────────────────
    def _split(self, changes: Mapping[Cell, int]) -> list[Part]:
        """Return the parts into which wrong cells fall: those that share a relation belong together."""
        scene = self._scene
        groups: list[tuple[set[Cell], set[str]]] = []
        for cell in changes:
            names = {f.relation.id for _, f in scene.links(cell)}
            touching = [g for g in groups if g[1] & names]
            merged = ({cell}.union(*(g[0] for g in touching)), names.union(*(g[1] for g in touching)))
            groups = [g for g in groups if g not in touching] + [merged]
        parts = []
        taken: set[str] = set()
        for cells, names in groups:
            own = tuple(n for n in scene.bad if n in names)
            taken.update(own)
            answer = self._search.settle([(c, changes[c]) for c in changes if c in cells])
            parts.append(Part(own, self._alternatives(answer, own), () if answer else own))
        rest = tuple(n for n in scene.bad if n not in taken)
        return parts + ([Part(rest, [], rest)] if rest else [])

    def _alternatives(self, answer: Answer | None, names: Iterable[str]) -> list[Answer]:
        """Return an answer with those in which one of its cells is another, best first."""
        if answer is None:
            return []
        found = [answer]
        for change in answer.changes:
            others = [c for c in answer.changes if c is not change]
            for other in self._search.instead_of(change.cell, {c.cell: c.right for c in others}, names):
                found.append(Answer((*others, other), answer.cost - change.cost + other.cost))
        found.sort(key=lambda a: a.cost)
        return found


__all__ = ["Change", "exact_causes", "exact_suspects"]
