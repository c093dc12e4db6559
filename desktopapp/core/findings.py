"""Findings: what is wrong, where, by how much, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum

from desktopapp.core.amount import Unit, format_number, plain_wan
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.levels import base
from desktopapp.core.naming import describe, form_name, place_id
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import Cell

#: Field of a report that keeps the doubtful amounts of an import which nobody has looked at.
UNSURE = "import.unsure"


class Severity(IntEnum):
    """How serious a finding is, most serious first; accepted warnings are set apart from those still open."""

    ERROR = 0
    WARNING = 1
    ROUNDING = 2
    INFO = 3
    ACCEPTED = 4

    @property
    def code(self) -> str:
        """Return the word used in exports."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """Return the word shown to people."""
        return ("错误", "警告", "尾差", "提示", "已说明")[self]


@dataclass(slots=True)
class Words:
    """What a message is made of, where wording it waits until somebody reads it; large reports have thousands."""

    unit: Unit

    def text(self) -> str:
        """Return the message."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One thing that is wrong or worth a look.

    ``id`` stays the same while the same thing is wrong, ``rule`` names the declaration. ``places`` are the cells
    concerned, the one to jump to first; ``rows`` are rows without a cell of their own (code checks); ``where`` and
    ``quote`` are a place in the text and the words there. ``expected``,
    ``found`` and ``difference`` are amounts in 分, or texts where the finding is about words. ``accepted`` is the
    explanation with which the accountant accepted a warning. With ``words`` the message is made when it is first read.
    """

    id: str
    rule: str
    severity: Severity
    kind: str
    form: str
    message: str
    places: tuple[Cell, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    expected: int | str | None = None
    found: int | str | None = None
    difference: int | None = None
    suggestion: str = ""
    where: str = ""
    quote: str = ""
    accepted: str = ""
    words: Words | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Leave the message to ``__getattr__`` while there are words only."""
        if self.words is not None and not self.message:
            object.__delattr__(self, "message")

    def __getattr__(self, name: str) -> str:
        """Return the message when it is read for the first time; Python asks only for what has not been set."""
        if name != "message" or self.words is None:
            raise AttributeError(name)
        message = self.words.text()
        object.__setattr__(self, "message", message)
        return message

    def reword(self, unit: Unit) -> None:
        """Tell amounts in another unit from now on; what is only kept as a message stays as it is."""
        if self.words is not None and self.words.unit is not unit:
            self.words.unit = unit
            with suppress(AttributeError):
                object.__delattr__(self, "message")

    def _all_but_words(self) -> tuple[object, ...]:
        return (
            self.id,
            self.severity,
            self.found,
            self.expected,
            self.difference,
            self.places,
            self.rows,
            self.rule,
            self.kind,
            self.form,
            self.suggestion,
            self.where,
            self.quote,
            self.accepted,
        )

    def __eq__(self, other: object) -> bool:
        """Tell whether two findings say the same; their messages are worded only where nothing else differs."""
        if self is other:
            return True
        if not isinstance(other, Finding) or self._all_but_words() != other._all_but_words():
            return False
        if self.words is not None and other.words is not None and self.words.unit is not other.words.unit:
            return False
        return self.message == other.message

    def __hash__(self) -> int:
        """Return a hash that findings of the same thing have in common."""
        return hash((self.id, self.severity))


def relation_finding(report: Report, checker: Checker, relation: Relation, unit: Unit = Unit.WAN) -> Finding:
    """Return the finding for a relation that does not hold."""
    left, right, places = _sides_and_places(report, relation)
    verdict = checker.verdict(relation)
    severity = Severity.ROUNDING if verdict is Verdict.ROUNDING else Severity[relation.severity.upper()]
    blank = relation.target is not None and checker.blank_total(relation.target)
    return Finding(
        id=relation.id,
        rule=relation.id,
        severity=severity,
        kind=relation.kind,
        form=places[0].form if places else min(relation.forms),
        message="",
        places=places,
        expected=right,
        found=left,
        difference=left - right,
        words=_RelationWords(unit, report, relation, verdict, left, right, blank),
    )


@dataclass(slots=True)
class _RelationWords(Words):
    """A relation that does not hold, with the values of its sides; names are those of the report when it is read."""

    report: Report
    relation: Relation
    verdict: Verdict
    left: int
    right: int
    blank: bool

    def text(self) -> str:
        """Return the message."""
        return _message(self.report, self.relation, self.verdict, self.unit, (self.left, self.right), self.blank)


def sides(report: Report, relation: Relation) -> tuple[int, int]:
    """Return the values of both sides of a relation in 分."""
    amounts = report.amounts
    left = sum(s * amounts.get(c, 0) for s, c in relation.terms[: relation.left])
    right = -sum(s * amounts.get(c, 0) for s, c in relation.terms[relation.left :])
    return left, right


def _sides_and_places(report: Report, relation: Relation) -> tuple[int, int, tuple[Cell, ...]]:
    """Return the values of both sides in 分, and the cells of the left side with those filled on the right.

    Where none is filled on the right, all of its cells are places.
    """
    get, number, terms = report.amounts.get, relation.left, relation.terms
    left = right = 0
    places: dict[Cell, None] = {}
    for sign, cell in terms[:number]:
        left += sign * get(cell, 0)
        places[cell] = None
    filled = False
    for sign, cell in terms[number:]:
        amount = get(cell)
        if amount is not None:
            right -= sign * amount
            places[cell] = None
            filled = True
    if not filled:
        places.update((cell, None) for _, cell in terms[number:])
    return left, right, tuple(places)


def _message(
    report: Report, relation: Relation, verdict: Verdict, unit: Unit, values: tuple[int, int], blank: bool
) -> str:
    left, right = values
    found, expected = format_number(left, unit), format_number(right, unit)
    gap = f"{format_number(abs(left - right), unit)} {unit.value}"
    where = _side_name(report, relation, relation.terms[: relation.left])
    if blank:
        return f"{where}未填，应为 {expected} {unit.value}（{relation.says}）。"
    if relation.op == "<=":
        return f"{where}为 {found}，大于{_other_side(report, relation)} {expected}，超出 {gap}（{relation.says}）。"
    if verdict is Verdict.ROUNDING:
        return f"{where}为 {found}，与 {expected} 相差 {gap}，属于尾数误差（{relation.says}）。"
    if relation.kind in ("inter_form", "across_years"):
        other = _other_side(report, relation)
        return f"{where}为 {found}，与{other} {expected} 不一致，相差 {gap}（{relation.says}）。"
    return f"{where}为 {found}，应为 {expected}，相差 {gap}（{relation.says}）。"


def _other_side(report: Report, relation: Relation) -> str:
    return _side_name(report, relation, tuple((-s, c) for s, c in relation.terms[relation.left :]))


def _side_name(report: Report, relation: Relation, terms: tuple[tuple[int, Cell], ...]) -> str:
    """Return what one side of a relation is called; ``terms`` have the signs they are written with."""
    if not terms:
        present = {c.form for _, c in relation.terms}
        missing = min(relation.forms - present, default=min(relation.forms))
        return f"{form_name(report, missing)}（没有 {base(relation.key)} 这一行）" if relation.key else "零"
    if len(terms) > 3:
        return f"{describe(report, terms[0][1])}等 {len(terms)} 项之和"
    words = "".join(f"{'＋' if sign > 0 else '－'}{describe(report, cell)}" for sign, cell in terms)
    return words.removeprefix("＋")


def form_findings(report: Report, checker: Checker) -> Iterator[Finding]:
    """Yield a note for each form that nobody has filled in yet while others are."""
    filled = checker.filled_forms()
    if not any(form.published and form.id in filled for form in report.template.forms):
        return
    for form in report.template.forms:
        if form.id in checker.absent:
            first = next(iter(report.cells(form)), None)
            yield Finding(
                id=f"form.empty[{form.id}]",
                rule="form.empty",
                severity=Severity.INFO,
                kind="form",
                form=form.id,
                message=f"{form.called}尚未填写，与它有关的表间关系暂不校验。",
                places=(first,) if first else (),
            )


def unsure_field(report: Report, cells: Iterable[tuple[Cell, str]]) -> list[list[object]]:
    """Return doubtful cells with the reasons as the report's field keeps them: [form, row, column, amount, reason]."""
    return [[*cell, report.get(cell), why] for cell, why in cells]


def unsure_cells(report: Report) -> dict[Cell, str]:
    """Return the doubtful cells of an import that still hold what was read, with the reasons."""
    return {c: why for c, amount, why in doubted(report) if amount == report.get(c) and report.has_cell(c)}


def doubted(report: Report) -> Iterator[tuple[Cell, object, str]]:
    """Yield every cell that was doubtful when it was imported, with the amount read and the reason."""
    entries = report.fields.get(UNSURE)
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case [str(form), str(row), str(col), amount, str(why)]:
                yield Cell(form, row, col), amount, why


def reading_findings(report: Report) -> Iterator[Finding]:
    """Yield a warning for each doubtful amount of an import; it goes when another amount is typed."""
    for cell, why in unsure_cells(report).items():
        yield Finding(
            id=f"{UNSURE}[{'.'.join(cell)}]",
            rule=UNSURE,
            severity=Severity.WARNING,
            kind="reading",
            form=cell.form,
            message=f"{describe(report, cell)}是导入时存疑的金额，还没有核对：{why}。",
            places=(cell,),
            found=report.get(cell),
        )


def sort_findings(report: Report, found: Iterable[Finding]) -> list[Finding]:
    """Return findings by severity, then in the order of forms, then by place."""
    order = {f.id: i for i, f in enumerate(report.template.forms)}
    position = _Positions(report)

    def key(f: Finding) -> tuple[int, int, tuple[int, int], str]:
        return f.severity, order.get(f.form, 99), position.of(f.places[0]) if f.places else (-1, -1), f.id

    return sorted(found, key=key)


class _Positions:
    """Positions of cells within their forms; rows are numbered once per form."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._known: dict[str, dict[str, int]] = {}
        self._columns: dict[tuple[str, str], dict[str, int]] = {}

    def of(self, cell: Cell) -> tuple[int, int]:
        form = self._report.template.form(cell.form)
        known = self._known.get(cell.form)
        if known is None:
            keys = self._report.row_keys(form, cell.form)
            known = self._known[cell.form] = {row: i for i, row in enumerate(keys)}
        # All rows of a form have the same columns unless its lines are printed.
        line = cell.row if form.sides else ""
        columns = self._columns.get((cell.form, line))
        if columns is None:
            columns = self._columns[cell.form, line] = {c.key: i for i, c in enumerate(form.columns_of(cell.row))}
        return known.get(cell.row, -1), columns.get(cell.col, -1)


def finding_json(report: Report, finding: Finding) -> dict[str, object]:
    """Return a finding as ``check --format json`` prints it: amounts as decimal strings in 万元."""

    def shown(value: int | str | None) -> str:
        return plain_wan(value) if isinstance(value, int) else value or ""

    places = [place_id(report, c) for c in finding.places] or [f"{f}.{r}" for f, r in finding.rows]
    line = re.match(r"第 (\d+) 行", finding.where)
    return {
        "rule": finding.rule,
        "severity": finding.severity.code,
        "kind": finding.kind,
        "form": finding.form,
        "places": places or ([finding.where] if finding.where else []),
        "expected": shown(finding.expected),
        "found": shown(finding.found),
        "difference": shown(finding.difference),
        "message": finding.message,
        **({"line": int(line.group(1))} if line is not None and not places else {}),
        **({"quote": finding.quote} if finding.quote else {}),
        **({"suggestion": finding.suggestion} if finding.suggestion else {}),
        **({"accepted": finding.accepted} if finding.accepted else {}),
    }
