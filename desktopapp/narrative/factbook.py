"""Facts as declared: named quantities of the text, with where each comes from (``templates/common/facts.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from desktopapp.core.template_fields import Fields
from desktopapp.narrative.inputs import InputColumn, InputTable

#: "number" is a decimal such as a score, "year" a calendar year, "measure" a target or actual as it is written (≥95%).
FactKind = Literal["amount", "rate", "count", "number", "year", "measure", "text"]

_KINDS = ("amount", "rate", "count", "number", "year", "measure", "text")
_EACH = ("", "value", "column", "class", "leaf", "economic", "input", "project", "indicator")
_COLUMN_KINDS = ("amount", "count", "number", "text", "choice")
_ROW_KINDS = ("one", "fixed", "items", "classes", "facts", "free")


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One declaration; with ``each`` it stands for a fact per column, class, code, input row, project or indicator.

    Exactly one source is given: ``cells`` (a sum of form.row[.column], "-" before a term subtracts), ``input``
    (table.column or table[key].column), ``sum`` (of facts; "item[*].budget" takes all that match), ``ratio`` (of two
    facts), ``total`` (sum of an input column, ``without`` rows of some kind), ``rows`` (number of rows of an input
    table), ``evaluation`` (a value of a self-evaluation form) or ``text``. ``otherwise`` is the fact that answers
    while an input is empty.

    ``years`` adds .last, .change and .rate; ``share_of`` adds .share; ``budget`` (a source written cells:… or
    input:… or sum:…) adds .budget, .completion and .gap. ``short`` is what a gap in the text calls it, where the
    sentence names the rest.
    """

    id: str
    label: str
    kind: FactKind
    unit: str = ""
    each: str = ""
    of: str = ""
    also: str = ""
    skip: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    cells: tuple[str, ...] = ()
    input: str = ""
    sum: tuple[str, ...] = ()
    ratio: tuple[str, ...] = ()
    total: str = ""
    rows: str = ""
    without: tuple[tuple[str, str], ...] = ()
    evaluation: str = ""
    text: str = ""
    otherwise: str = ""
    years: bool = False
    share_of: str = ""
    budget: str = ""
    family: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """A relation between facts that the input ``table`` must satisfy: ``left`` ``op`` ``right``, signed sums of facts.

    With ``each``, it is repeated for the rows of an input table; ``blank_is_zero`` lets facts that cannot be stated
    count as zero as long as one on the right can.
    """

    id: str
    table: str
    severity: str
    says: str
    op: str
    left: tuple[tuple[int, str], ...]
    right: tuple[tuple[int, str], ...]
    each: str = ""
    blank_is_zero: bool = False


@dataclass(frozen=True, slots=True)
class FactBook:
    """All declarations of a template: facts in order, input tables by id, checks of inputs."""

    facts: tuple[FactSpec, ...]
    inputs: Mapping[str, InputTable] = field(default_factory=dict)
    checks: tuple[CheckSpec, ...] = ()


def build_fact_book(facts: Mapping[str, Mapping[str, Any]], inputs: Mapping[str, Mapping[str, Any]]) -> FactBook:
    """Return the book of raw tables by file name; a later file replaces declarations of the same id.

    Raises TemplateError naming file, key and reason.
    """
    specs: list[FactSpec] = []
    for file, raw in facts.items():
        top = Fields(dict(raw), file)
        own = [_fact(t) for t in top.tables("fact", [])]
        replaced = {s.id for s in own}
        specs = [s for s in specs if s.id not in replaced] + own
        top.done()
    tables: dict[str, InputTable] = {}
    checks: dict[str, CheckSpec] = {}
    for file, raw in inputs.items():
        top = Fields(dict(raw), file)
        for t in top.tables("table", []):
            table = _table(t)
            tables[table.id] = table
        for t in top.tables("check", []):
            check = _check(t)
            checks[check.id] = check
        top.done()
    return FactBook(tuple(specs), tables, tuple(checks.values()))


def _fact(t: Fields) -> FactSpec:
    spec = FactSpec(
        id=t.text("id"),
        label=t.text("label"),
        kind=cast(FactKind, t.text("kind", "amount", choices=_KINDS)),
        unit=t.text("unit", ""),
        each=t.text("each", "", choices=_EACH),
        of=t.text("of", ""),
        also=t.text("also", ""),
        skip=t.texts("skip", []),
        values=tuple((k, str(v)) for k, v in t.table("values").items()),
        cells=t.texts("cells", []),
        input=t.text("input", ""),
        sum=t.texts("sum", []),
        ratio=t.texts("ratio", []),
        total=t.text("total", ""),
        rows=t.text("rows", ""),
        without=tuple((k, str(v)) for k, v in t.table("without").items()),
        evaluation=t.text("evaluation", ""),
        text=t.text("text", ""),
        otherwise=t.text("otherwise", ""),
        years=t.flag("years", False),
        share_of=t.text("share_of", ""),
        budget=t.text("budget", ""),
        family=t.text("family", ""),
        short=t.text("short", ""),
    )
    t.done()
    given = (spec.cells, spec.input, spec.sum, spec.ratio, spec.total, spec.rows, spec.evaluation, spec.text)
    sources = [s for s in given if s]
    if len(sources) != 1:
        raise t.fail(
            "id", f"事实 {spec.id} 应当正好有一个来源（cells、input、sum、ratio、total、rows、evaluation 或 text）。"
        )
    if spec.ratio and len(spec.ratio) != 2:
        raise t.fail("ratio", "应写成 [分子, 分母]。")
    return spec


def _table(t: Fields) -> InputTable:
    table = InputTable(
        id=t.text("id"),
        title=t.text("title"),
        row_kind=cast(Any, t.text("rows", choices=_ROW_KINDS)),
        columns=tuple(_column(c) for c in t.tables("columns")),
        rows=tuple((k, str(v)) for k, v in t.table("fixed").items()),
        of=t.text("of", ""),
        key_label=t.text("key_label", "项目"),
        note=t.text("note", ""),
        group=t.text("group", ""),
    )
    t.done()
    if (table.row_kind == "fixed") != bool(table.rows):
        raise t.fail("fixed", "只有固定行的表要列出各行，并且必须列出。")
    return table


def _column(t: Fields) -> InputColumn:
    column = InputColumn(
        key=t.text("key"),
        label=t.text("label"),
        kind=cast(Any, t.text("kind", choices=_COLUMN_KINDS)),
        unit=t.text("unit", ""),
        required=t.flag("required", False),
        blank_is_zero=t.flag("blank_is_zero", False),
        choices=tuple((k, str(v)) for k, v in t.table("choices").items()),
        width=t.integer("width", 30),
        hint=t.text("hint", ""),
    )
    t.done()
    return column


def _check(t: Fields) -> CheckSpec:
    holds = t.text("holds")
    op = "<=" if "<=" in holds else "="
    left, _, right = holds.partition(op)
    if not left.strip() or not right.strip():
        raise t.fail("holds", "应写成 左边 = 右边 或 左边 <= 右边。")
    check = CheckSpec(
        id=t.text("id"),
        table=t.text("table"),
        severity=t.text("severity", "error", choices=("error", "warning")),
        says=t.text("says"),
        op=op,
        left=_terms(left),
        right=_terms(right),
        each=t.text("each", ""),
        blank_is_zero=t.flag("blank_is_zero", False),
    )
    t.done()
    return check


def _terms(side: str) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    sign = 1
    for word in side.split():
        if word in ("+", "-"):
            sign = 1 if word == "+" else -1
        else:
            found.append((sign, word))
    return tuple(found)
