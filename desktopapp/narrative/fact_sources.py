"""Where a fact's value comes from: sources as values, built by expanding the declarations against a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW, Cell, Shape
from desktopapp.narrative.evaluations import Evaluations
from desktopapp.narrative.factbook import FactBook, FactKind, FactSpec
from desktopapp.narrative.inputs import KEY, InputReader


@dataclass(frozen=True, slots=True)
class FromCells:
    """A signed sum of cells; a blank cell counts as zero."""

    terms: tuple[tuple[int, Cell], ...]


@dataclass(frozen=True, slots=True)
class FromLastYear:
    """The same cells of last year, or what was typed for it into the table of last year's amounts."""

    terms: tuple[tuple[int, Cell], ...]
    typed: str


@dataclass(frozen=True, slots=True)
class FromInput:
    """One value of an input table; while it is empty, the fact ``otherwise``."""

    table: str
    key: str
    column: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class FromColumn:
    """The sum of an input column."""

    table: str
    column: str
    without: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FromRows:
    """The number of rows of an input table."""

    table: str
    without: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FromSum:
    """A signed sum of facts."""

    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class FromRatio:
    """One fact divided by another."""

    top: str
    bottom: str


@dataclass(frozen=True, slots=True)
class FromEvaluation:
    """A value of a project's self-evaluation, or of one of its indicators; both by their keys."""

    project: str
    indicator: str
    part: str


@dataclass(frozen=True, slots=True)
class FromText:
    """A text known at once, such as the department's name."""

    text: str


Source = FromCells | FromLastYear | FromInput | FromColumn | FromRows | FromSum | FromRatio | FromEvaluation | FromText


@dataclass(frozen=True, slots=True)
class FactDef:
    """A fact of one report, not yet computed. ``turns``: a word (增加, 下降) tells its sign in a sentence."""

    id: str
    label: str
    kind: FactKind
    unit: str
    source: Source
    turns: bool = False
    family: str = ""
    short: str = ""


#: Input table in which last year's amounts are typed, and its column.
LAST_TABLE, LAST_COLUMN = "last_year", "amount"
_UNITS = {"amount": "万元", "rate": "%", "year": "年"}
#: Address of an input value: table.column or table[key].column.
INPUT_ADDRESS = re.compile(r"(?P<table>\w+)(\[(?P<key>[^\]]*)\])?\.(?P<column>\w+)$")


def leaves(report: Report, form_id: str) -> list[str]:
    """Return the codes of a form that nothing stands below, in printed order."""
    return report.rows_of(form_id).leaves(report.levels(report.template.form(form_id)))


#: Finds the ids that begin and end like this among the facts declared so far.
Matching = Callable[[str, str], Iterator[str]]


class Expander:
    """Makes facts of declarations, for one report as it is now."""

    def __init__(
        self, report: Report, book: FactBook, matching: Matching, evaluations: Callable[[], Evaluations]
    ) -> None:
        self._evaluations = evaluations
        self._matching_ids = matching
        self._leaf_codes: dict[str, list[str]] = {}
        self._report = report
        self._book = book
        self._inputs = InputReader(report, book.inputs)

    # ── what a declaration is repeated for ──────────────────────────────────────────────────────────────────────
    def repetitions(self, spec: FactSpec) -> Iterator[Mapping[str, str]]:
        """Yield the variables of each repetition of a declaration."""
        match spec.each:
            case "":
                yield {}
            case "value":
                yield from ({"key": k, "name": v} for k, v in spec.values)
            case "input":
                yield from self._input_rows(spec)
            case "project" | "indicator":
                yield from self._evaluated(spec)
            case _ if not self._report.template.has_form(spec.of):
                return
            case "column":
                for column in self._report.template.form(spec.of).columns:
                    if column.key not in spec.skip:
                        yield {"column": column.key, "name": column.label}
            case _:
                yield from (self.variables(spec, c) for c in self.codes(spec))

    def variables(self, spec: FactSpec, code: str) -> Mapping[str, str]:
        """Return the variables of a declaration that is repeated for codes."""
        return {"code": code, "name": self._name(spec.of, code)}

    def codes(self, spec: FactSpec) -> list[str]:
        """Return the codes for which a declaration is repeated, empty where the template lacks its form."""
        if not self._report.template.has_form(spec.of):
            return []
        rows = self._report.rows_of(spec.of)
        if spec.each == "class":
            return [r for r in rows if len(r) == 3]
        if spec.each == "economic":
            return [r for r in rows if "#" not in r]
        codes = self._leaves(spec.of)
        known = set(codes)
        extra = [str(r.get(KEY, "")) for r in self._inputs.rows(spec.also)] if spec.also else []
        codes += [c for c in extra if c.isascii() and c.isdigit() and c not in known and c not in rows]
        return sorted(dict.fromkeys(codes))

    def _leaves(self, form_id: str) -> list[str]:
        if form_id not in self._leaf_codes:
            self._leaf_codes[form_id] = leaves(self._report, form_id)
        return list(self._leaf_codes[form_id])

    def _name(self, form_id: str, code: str) -> str:
        for other in (form_id, "03", "02"):
            if self._report.template.has_form(other) and code in self._report.rows_of(other):
                return self._report.rows_of(other).name(code)
        return base(code)

    def _input_rows(self, spec: FactSpec) -> Iterator[Mapping[str, str]]:
        table = self._book.inputs[spec.of]
        if table.rows:
            yield from ({"key": k, "name": v} for k, v in table.rows)
            return
        for at, row in enumerate(self._inputs.rows(spec.of), 1):
            yield {"key": str(at), "name": str(row.get("name") or f"第{at}项")}

    def _evaluated(self, spec: FactSpec) -> Iterator[Mapping[str, str]]:
        for project in self._evaluations().projects.values():
            if spec.each == "project":
                yield {"project": project.key, "name": project.name}
                continue
            for key, line in project.lines.items():
                yield {"project": project.key, "name": project.name, "key": key, "title": line.indicator.name}

    # ── one repetition ──────────────────────────────────────────────────────────────────────────────────────────
    def facts(self, spec: FactSpec, v: Mapping[str, str]) -> Iterator[FactDef]:
        """Yield the fact of a declaration and those derived from it; nothing where the template lacks its cells."""
        source = self._source(spec, v)
        if source is None:
            return
        id_, label = spec.id.format_map(v), spec.label.format_map(v)
        unit = spec.unit or _UNITS.get(spec.kind, "")
        turns = id_.endswith((".change", ".rate", ".gap"))
        yield FactDef(id_, label, spec.kind, unit, source, turns, spec.family.format_map(v), spec.short)
        if spec.years:
            yield from self._years(id_, label, spec.kind, unit, source)
        if spec.share_of:
            whole = spec.share_of.format_map(v)
            yield FactDef(f"{id_}.share", f"{label}占比", "rate", "%", FromRatio(id_, whole), family=spec.family)
        if spec.budget:
            yield from self._budget(id_, label, spec.budget.format_map(v))

    def _years(self, id_: str, label: str, kind: FactKind, unit: str, source: Source) -> Iterator[FactDef]:
        terms = source.terms if isinstance(source, FromCells) else ()
        last = FromLastYear(tuple((s, c._replace(form="last." + c.form)) for s, c in terms), id_)
        yield FactDef(f"{id_}.last", f"上年{label}", kind, unit, last)
        change = FromSum(((1, id_), (-1, f"{id_}.last")))
        yield FactDef(f"{id_}.change", f"{label}比上年增减额", kind, unit, change, turns=True)
        rate = FromRatio(f"{id_}.change", f"{id_}.last")
        yield FactDef(f"{id_}.rate", f"{label}比上年增减率", "rate", "%", rate, turns=True)

    def _budget(self, id_: str, label: str, budget: str) -> Iterator[FactDef]:
        how, _, what = budget.partition(":")
        source: Source | None
        if how == "cells":
            source = self._cells((what,))
        elif how == "input":
            source = self._input(what, "")
        else:
            source = FromSum(tuple(self._matching(what)))
        if source is None:
            return
        yield FactDef(f"{id_}.budget", f"{label}预算数", "amount", "万元", source)
        rate = FromRatio(id_, f"{id_}.budget")
        yield FactDef(f"{id_}.completion", f"{label}预算完成率", "rate", "%", rate)
        gap = FromSum(((1, id_), (-1, f"{id_}.budget")))
        yield FactDef(f"{id_}.gap", f"{label}与预算数的差额", "amount", "万元", gap, turns=True)
        share = FromRatio(f"{id_}.gap", f"{id_}.budget")
        yield FactDef(f"{id_}.gap_rate", f"{label}比预算数增减率", "rate", "%", share, turns=True)

    def _source(self, spec: FactSpec, v: Mapping[str, str]) -> Source | None:
        if spec.cells:
            return self._cells(tuple(c.format_map(v) for c in spec.cells))
        if spec.input:
            return self._input(spec.input.format_map(v), spec.otherwise.format_map(v))
        if spec.total:
            table, _, column = spec.total.partition(".")
            return FromColumn(table, column, spec.without)
        if spec.rows:
            return FromRows(spec.rows, spec.without)
        if spec.sum:
            terms = [t for s in spec.sum for t in self._matching(s.format_map(v))]
            return FromSum(tuple(terms)) if terms else None
        if spec.evaluation:
            return FromEvaluation(v["project"], v.get("key", ""), spec.evaluation)
        if spec.ratio:
            top, bottom = (r.format_map(v) for r in spec.ratio)
            return FromRatio(top, bottom)
        head = {"department": self._report.department, "year": self._report.year, "last_year": self._report.year - 1}
        return FromText(spec.text.format_map({**v, **head}))

    def _matching(self, term: str) -> Iterator[tuple[int, str]]:
        sign = -1 if term.startswith("-") else 1
        id_ = term.lstrip("-")
        if "*" not in id_:
            yield sign, id_
            return
        head, _, tail = id_.partition("*")
        yield from ((sign, k) for k in self._matching_ids(head, tail))

    def _input(self, address: str, otherwise: str) -> Source | None:
        found = INPUT_ADDRESS.match(address)
        table = self._book.inputs.get(found["table"]) if found is not None else None
        if found is None or table is None or table.column(found["column"]) is None:
            return None
        return FromInput(found["table"], found["key"] or "", found["column"], otherwise)

    def _cells(self, terms: tuple[str, ...]) -> FromCells | None:
        found = [t for t in map(self._term, terms) if t is not None]
        return FromCells(tuple(found)) if found else None

    def _term(self, term: str) -> tuple[int, Cell] | None:
        """Return a term such as -04.closing.fund as sign and cell, None where the template does not print it."""
        sign = -1 if term.startswith("-") else 1
        form_id, row, *rest = term.lstrip("-").split(".")
        template = self._report.template
        if not template.has_form(form_id):
            return None
        form = template.form(form_id)
        columns = [c.key for c in form.columns_of(row)]
        column = rest[0] if rest else (columns[0] if len(columns) == 1 else "")
        if column not in columns:
            return None
        if form.shape is Shape.BLOCKS and not base(row).isdigit() and row not in (t.key for t in form.totals()):
            return None
        return (sign, Cell(form_id, row, column)) if form.shape is not Shape.CODES or _is_row(row) else None


def _is_row(row: str) -> bool:
    return row == TOTAL_ROW or row.isdigit()
