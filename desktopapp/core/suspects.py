"""Suspects: the cells that are most probably wrong, each with the amount that would repair it and the reason.

Nothing here changes a report; a suspect's ``command`` is an ordinary edit. Rounding residuals and warnings make nobody
suspect: a report without violated relations has no suspects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktopapp.core.amount import Amount, plain_wan
from desktopapp.core.checker import Checker
from desktopapp.core.commands import SetCells
from desktopapp.core.evidence import Scene
from desktopapp.core.localise import EVENT, Change, Part, Search
from desktopapp.core.moves import Move, Moves
from desktopapp.core.report import Report
from desktopapp.core.runs import Runs
from desktopapp.core.template import Cell
from desktopapp.core.wholesale import whole_moves

#: Alternatives offered for one cause.
_MOST_PER_CAUSE = 12
#: By how many tenths of a bit two exchanged amounts must be more plausible than what fewer cells explain.
_FAR_BETTER = 40
#: Runs of rows named beside a single cell.
_MOST_RUNS = 3
#: Moves of more cells than this are whole rows or forms, which single cells do not replace.
_MOST_SWAPPED = 6


@dataclass(frozen=True, slots=True)
class Suspect:
    """Cells that may be wrong together: their amounts, and those that would repair the relations, in 分.

    ``repairs`` are the ids of the violated relations it explains. ``choice`` says that the relations alone do not
    determine it: other cells would repair them as well. ``score``: the larger, the more plausible the slip. ``slip``
    names the slip alone (两位数字颠倒), empty where none is recognised; ``why`` is the whole sentence. ``aside``:
    nobody has to search for it, a last digit that may be rounding after all or a blank total.
    """

    places: tuple[Cell, ...]
    found: tuple[Amount, ...]
    suggested: tuple[Amount, ...]
    why: str
    repairs: tuple[str, ...]
    choice: bool
    score: int
    slip: str = ""
    aside: bool = False

    def command(self) -> SetCells:
        """Return the edit that applies the suggestion; the cells are typed amounts afterwards."""
        return SetCells(tuple((c, a, False) for c, a in zip(self.places, self.suggested, strict=True)))


@dataclass(frozen=True, slots=True)
class Cause:
    """Violated relations that one slip explains; ``suspect`` is None where none was found.

    ``others`` are what would explain them as well, best first.
    """

    suspect: Suspect | None
    relations: tuple[str, ...]
    others: tuple[Suspect, ...] = ()


@dataclass(slots=True)
class Group:
    """One cause on the way: the violated relations it explains and its suspects, the lead first."""

    names: tuple[str, ...]
    suspects: list[Suspect]


def suspects(report: Report, checker: Checker, limit: int = 10) -> list[Suspect]:
    """Return the most plausible suspects of the violated relations, best first; none where nothing is violated.

    The leads of all causes come before any alternative, those that the relations determine before mere choices.
    This is the quick search for while typing; ``desktopapp.solver.suspects_solver`` proves and completes it.
    """
    return ranked(_groups(Scene(report, checker)), limit)


def causes(report: Report, checker: Checker) -> list[Cause]:
    """Return the violated relations grouped by what causes them; each belongs to exactly one cause.

    Warnings join the cause whose repair would settle them. What nothing explains stands alone.
    """
    scene = Scene(report, checker)
    return grouped(scene, _groups(scene))


def ranked(groups: Iterable[Group], limit: int) -> list[Suspect]:
    """Return the suspects of several causes in one list."""
    waiting = sorted((g.suspects for g in groups if g.suspects), key=lambda s: (s[0].choice, -s[0].score))
    found: list[Suspect] = []
    # What nobody has to search for comes behind everything else.
    for aside in (False, True):
        for turn in range(_MOST_PER_CAUSE):
            found += [s[turn] for s in waiting if len(s) > turn and s[0].aside is aside]
    return found[:limit]


def grouped(scene: Scene, groups: Iterable[Group]) -> list[Cause]:
    """Return the causes with every violated relation in exactly one of them."""
    taken: set[str] = set()
    found: list[Cause] = []
    violated = sorted(r.id for r in scene.checker.violated_relations())
    for group in groups:
        names = [n for n in group.names if n not in taken and n in scene.violated]
        lead = group.suspects[0] if group.suspects else None
        if lead is not None:
            effect = scene.effect(dict(zip(lead.places, lead.suggested, strict=True)))
            names += [n for n in violated if n not in taken and n in effect.settled]
        taken.update(names)
        if names:
            found.append(Cause(lead, tuple(names), tuple(group.suspects[1:])))
    found += [Cause(None, (name,)) for name in violated if name not in taken]
    return found


def _groups(scene: Scene) -> list[Group]:
    """Return the causes of all violated relations, by the quick search."""
    if not scene.violated:
        return []
    search = Search(scene)
    return combine(scene, search, search.parts(), all_moves(scene, search))


def all_moves(scene: Scene, search: Search) -> list[Move]:
    """Return the slips of several cells that explain violated relations, those that explain most first."""
    found = [*whole_moves(scene, search), *Moves(scene, search).all()]
    known = {frozenset(m.changes) for m in found}
    found += [m for m in Runs(scene).all() if frozenset(m.changes) not in known]
    return sorted(found, key=lambda m: (-len(m.repairs), m.cost))


def combine(scene: Scene, search: Search, parts: Sequence[Part], moves: Sequence[Move]) -> list[Group]:
    """Return the causes: a move takes the place of the parts it explains with as few cells and more plausibly."""
    left = list(parts)
    groups: list[Group] = []
    for move in moves:
        own = [p for p in left if move.repairs & set(p.names)]
        names = {n for p in own for n in p.names}
        rest = _beside(scene, search, move, names) if own else None
        if rest is None or not _better(move, rest, own):
            continue
        left = [p for p in left if p not in own] + rest
        names -= {n for p in rest for n in p.names}
        same = _alike(move, moves)
        among = max(len(same), _ways(search, move), *(len(p.answers) for p in own))
        runs = [m for m in same if m.is_run][:_MOST_RUNS]
        leads = [_move_suspect(scene, m, among) for m in same if m in runs or not m.is_run]
        others = [] if rest else [s for p in own for g in _part_groups(scene, p) for s in g.suspects]
        groups.append(Group(tuple(sorted(names)), [*leads, *others][:_MOST_PER_CAUSE]))
    for part in left:
        found = _part_groups(scene, part)
        runs = [m for m in moves if m.is_run and m.repairs == set(part.names)][:_MOST_RUNS]
        if runs and not _determined(part) and found[0].suspects:
            lead, *others = found[0].suspects
            others += [_move_suspect(scene, m, len(part.answers) + len(runs)) for m in runs]
            others.sort(key=lambda s: -s.score)
            found[0].suspects = [lead, *others[: _MOST_PER_CAUSE - 1]]
        groups += found
    return groups


def _alike(move: Move, moves: Iterable[Move]) -> list[Move]:
    """Return the move and those that explain the same relations, of as many other cells or one of them a run."""
    found = {frozenset(c for c, _ in move.changes): move}
    for other in moves:
        as_good = len(other.changes) == len(move.changes) or move.is_run or other.is_run
        if other.repairs == move.repairs and as_good:
            found.setdefault(frozenset(c for c, _ in other.changes), other)
    return sorted(found.values(), key=lambda m: m.cost)


def _ways(search: Search, move: Move) -> int:
    """Return in how many ways as many cells would do: some cell of the move may be another."""
    amounts = dict(move.changes)
    most = 0
    for cell in amounts if len(amounts) <= _MOST_SWAPPED else ():
        others = {c: a for c, a in amounts.items() if c != cell}
        most = max(most, len(search.instead_of(cell, others, move.repairs)))
    return 1 + most


def _beside(scene: Scene, search: Search, move: Move, names: set[str]) -> list[Part] | None:
    """Return the parts of what a move leaves of some relations, None where it does not leave them alone."""
    rest = [n for n in scene.bad if n in names and n not in move.repairs]
    if not rest:
        return []
    shifts = scene.shifts(dict(move.changes))
    if not any(shifts.get(n) for n in rest):
        return search.parts(rest)
    if not any(scene.checker.blank_total(c) for n in rest for _, c in scene.bad[n].relation.terms):
        return None
    # What a blank total should be depends on the cells that the move corrects.
    after = Scene(scene.report, scene.checker, shifts)
    return Search(after).parts(n for n in rest if n in after.bad)


def _better(move: Move, rest: Sequence[Part], parts: Sequence[Part]) -> bool:
    """Tell whether a move, with answers to what it leaves, explains parts better than single cells do."""
    if any(p.left or not p.answers for p in parts):
        return True
    if any(p.left or not p.answers for p in rest):
        return False

    def price(answered: Sequence[Part]) -> tuple[int, int]:
        leads = [p.answers[0] for p in answered]
        return sum(len(a.changes) for a in leads), sum(a.cost for a in leads)

    (cells, cost), (more, beside) = price(parts), price(rest)
    if move.is_run:
        # However long, a run is one slip; but where a single cell is all that can be wrong, nothing else is supposed.
        return not (len(parts) == 1 and _determined(parts[0])) and move.cost + beside < cost
    if move.kind == "exchanged" and move.cost + beside + _FAR_BETTER < cost:
        return True
    return (len(move.changes) + more, move.cost + beside) < (cells, cost)


def _determined(part: Part) -> bool:
    """Tell whether one cell alone can be what is wrong."""
    return len(part.answers) == 1 and len(part.answers[0].changes) == 1


def _move_suspect(scene: Scene, move: Move, among: int) -> Suspect:
    repairs = tuple(n for n in scene.violated if n in move.repairs)
    places = tuple(c for c, _ in move.changes)
    return Suspect(
        places=places,
        found=tuple(scene.report.amounts.get(c) for c in places),
        suggested=tuple(a for _, a in move.changes),
        why=_sentence(move.why, len(move.repairs), among),
        repairs=repairs,
        choice=among > 1,
        score=-move.cost,
        slip=move.why,
    )


def _part_groups(scene: Scene, part: Part) -> list[Group]:
    """Return one cause for each cell of the best answer, with the other answers as alternatives."""
    if not any(n in scene.violated for n in part.names):
        return []
    if not part.answers:
        return [Group((n,), []) for n in part.names]
    best = part.answers[0]
    always = set.intersection(*({c.cell for c in a.changes} for a in part.answers))
    shares = _shares(scene, part, best.changes)
    groups: list[Group] = []
    for change in sorted(best.changes, key=lambda c: -len(shares[c.cell])):
        number = len({c.cell for a in part.answers for c in a.changes} - always) if change.cell not in always else 1
        lead = _suspect(scene, part, change, max(number, 1))
        own = shares[change.cell]
        if groups and not any(n in scene.violated for n in own):
            # Everything this cell repairs needs another cell, too: one suspect with both.
            partner = next((g for g in groups if set(g.suspects[0].repairs) & set(lead.repairs)), groups[0])
            partner.suspects[0] = _joined(partner.suspects[0], lead)
            continue
        groups.append(Group(own, [lead]))
    known = {c.cell for c in best.changes}
    for answer in part.answers[1:]:
        for change in answer.changes:
            if change.cell not in known:
                known.add(change.cell)
                alternative = _suspect(scene, part, change, len(part.answers))
                home = next((g for g in groups if set(g.suspects[0].repairs) & set(alternative.repairs)), groups[0])
                if len(home.suspects) < _MOST_PER_CAUSE:
                    home.suspects.append(alternative)
    return groups + [Group((n,), []) for n in part.left]


def _shares(scene: Scene, part: Part, changes: Sequence[Change]) -> dict[Cell, tuple[str, ...]]:
    """Divide the relations of a part among the cells of an answer, as evenly as it goes, larger changes first."""
    shares: dict[Cell, list[str]] = {c.cell: [] for c in changes}
    by_size = sorted(changes, key=lambda c: -abs((c.right or 0) - (c.found or 0)))
    seeing = {n: {c for _, c in scene.terms(scene.bad[n].relation)} for n in part.names if n not in part.left}
    for name in sorted(seeing, key=lambda n: (n not in scene.violated, sum(c in seeing[n] for c in shares))):
        owners = [c.cell for c in by_size if c.cell in seeing[name]] or [by_size[0].cell]
        shares[min(owners, key=lambda c: (len(shares[c]), owners.index(c)))].append(name)
    return {cell: tuple(names) for cell, names in shares.items()}


def _joined(first: Suspect, second: Suspect) -> Suspect:
    """Return one suspect for cells that must be changed together."""
    return replace(
        first,
        places=first.places + second.places,
        found=first.found + second.found,
        suggested=first.suggested + second.suggested,
        repairs=tuple(dict.fromkeys(first.repairs + second.repairs)),
        choice=first.choice or second.choice,
        score=first.score + second.score,
        why=first.why.replace("与其他疑点一并", "两格一并"),
    )


def _suspect(scene: Scene, part: Part, change: Change, among: int) -> Suspect:
    seen = {f.relation.id for _, f in scene.links(change.cell)}
    own = [n for n in part.names if n in seen and n not in part.left]
    violated = tuple(n for n in part.names if n in scene.violated and n not in part.left)
    alone = scene.effect({change.cell: change.right}).repaired
    return Suspect(
        places=(change.cell,),
        found=(change.found,),
        suggested=(change.right,),
        why=_sentence(change.slip.why, len(own), among, alone >= set(own)),
        repairs=tuple(n for n in violated if n in seen) or violated,
        choice=among > 1,
        score=-EVENT - change.cost,
        slip=change.slip.why,
        aside=_is_aside(scene, change),
    )


def _is_aside(scene: Scene, change: Change) -> bool:
    """Tell whether only the last digit is off, or a total is blank that its relation states anyway."""
    return change.slip.kind == "tail" or (change.slip.kind == "blank" and scene.checker.blank_total(change.cell))


def _sentence(why: str, repairs: int, among: int, alone: bool = True) -> str:
    """Return the reason as one sentence; ``alone`` tells that no other cell need be changed as well."""
    effect = f"{'改正后' if alone else '与其他疑点一并改正后'} {repairs} 条勾稽关系成立"
    first = f"{why}，{effect}" if why else effect
    if among > 1:
        return f"{first}；勾稽关系不能确定是哪一格，这是 {among} 种可能之一，请核对原始数据。"
    return f"{first}。"


def suspects_json(found: Iterable[Suspect], place: Callable[[Cell], str]) -> list[dict[str, Any]]:
    """Return suspects as ``check --suspects --format json`` prints them; amounts are decimal strings in 万元.

    ``place`` gives the address of a cell. ``found`` and ``suggested`` are lists where a suspect has several places.
    """

    def shown(amounts: tuple[Amount, ...]) -> str | list[str]:
        texts = ["" if a is None else plain_wan(a) for a in amounts]
        return texts[0] if len(texts) == 1 else texts

    return [
        {
            "places": [place(c) for c in s.places],
            "found": shown(s.found),
            "suggested": shown(s.suggested),
            "why": s.why,
            "repairs": list(s.repairs),
            "choice": s.choice,
        }
        for s in found
    ]
