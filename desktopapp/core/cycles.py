"""Refuses templates whose automatic cells would wait for each other."""

from __future__ import annotations

from collections.abc import Mapping

from desktopapp.core.relations import Hierarchy, Relation, Rule, RuleBook
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell, Shape, Template, TemplateError


def check_computation(template: Template, book: RuleBook) -> None:
    """Raise TemplateError when an automatic cell would be computed from itself.

    Tried on a report with one class, section and item in every form: what holds there holds for every code, since
    relations treat all codes of a level alike but those they name.
    """
    definers = _definers(_smallest_report(template, book), book)
    done: set[Cell] = set()
    for start in definers:
        path: dict[Cell, None] = {}
        stack = [(start, False)]
        while stack:
            cell, leaving = stack.pop()
            if leaving:
                path.pop(cell)
                done.add(cell)
            elif cell in path:
                raise _refusal(definers, [*list(path)[list(path).index(cell) :], cell])
            elif cell not in done and cell in definers:
                path[cell] = None
                stack.append((cell, True))
                stack += [(c, False) for _, c in definers[cell].terms if c != cell]


def _refusal(definers: Mapping[Cell, Relation], circle: list[Cell]) -> TemplateError:
    relation = definers[circle[0]]
    places = " → ".join(".".join(c) for c in circle)
    return TemplateError("relations", f"relation.{relation.spec_id}.computes", f"自动计算绕成一圈：{places}。")


def _definers(report: Report, book: RuleBook) -> dict[Cell, Relation]:
    """Return the relation that each automatic cell follows: the first declared."""
    found: dict[Cell, Relation] = {}
    members: list[Rule | Hierarchy] = [r for r in book.rules if r.spec.computes]
    for member in [*members, *book.hierarchies]:
        for key in member.keys(report):
            relation = member.instance(report, key)
            if relation is not None and relation.computed is not None:
                found.setdefault(relation.computed, relation)
    return found


def _smallest_report(template: Template, book: RuleBook) -> Report:
    report = new_report(template, template.year)
    lines = [ln.key for f in template.forms for s in f.sides for ln in s.lines if ln.is_class]
    first = lines[0] if lines else "201"
    for form in template.forms:
        rows = report.rows_of(form.id)
        codes = {first, f"{first}01", f"{first}0101"} if form.shape is Shape.CODES else set()
        codes |= {c for r in book.rules for s in r.slots for c in s.rows_named(form.id)}
        for code in sorted(codes):
            if code not in rows:
                rows.insert(code, "", len(rows))
    return report
