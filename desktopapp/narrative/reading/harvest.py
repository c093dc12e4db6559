"""Facts that a published text holds and its forms do not: budgets, last year's amounts, cars, procurement, projects.

Every value comes with its place; nothing is computed but last year's amount from this year's and the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.levels import base
from desktopapp.core.performance.selfeval import FormKind, SelfEvaluation
from desktopapp.core.template import Cell
from desktopapp.core.template_fields import Fields
from desktopapp.narrative.evaluations import indicator_key, project_key, project_name
from desktopapp.narrative.inputs import InputTable
from desktopapp.narrative.reading.binding_evaluation import find_indicator
from desktopapp.narrative.reading.check_amounts import _ITEM, _OUTTURN, _plain
from desktopapp.narrative.reading.check_changes import CHANGE
from desktopapp.narrative.reading.context import Context
from desktopapp.narrative.reading.mentions import mentions
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.stated import spendings, statements

_N = r"-?\d[\d,，]*(?:\.\d+)?"
_AGAINST_BUDGET = re.compile(r"(?:比|较|与)[^，。；]{0,10}预算(?:数)?(?:相比)?[，,]?\s*$")
#: A project in a list of projects, and what it achieved.
_LISTED = re.compile(
    r"^\s*(?P<name>[^，。；：]{4,50}?)[：:]?\s*(?P<executed>\d[\d,]*(?:\.\d+)?)\s*万元[。，；,;]?\s*主要(?:成效|成果|效益)[：:；;，,]?(?P<results>.*)$"
)
_RISING = ("增加", "增长", "上升", "提高", "上涨", "扩大")


@dataclass(frozen=True, slots=True)
class ValueSpec:
    """One value of an input table and the words it stands in."""

    table: str
    column: str
    section: str
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Harvested:
    """One value for an input table: 分 for amounts, whole numbers for counts, texts; ``row`` "" where there is one."""

    table: str
    row: str
    column: str
    value: int | str
    where: str


def build_harvest(raw: Mapping[str, Any], file: str) -> tuple[ValueSpec, ...]:
    """Return the declarations of ``harvest.toml``; raises TemplateError."""
    top = Fields(dict(raw), file)
    found = []
    for t in top.tables("value"):
        table, _, column = t.text("to").partition(".")
        patterns = tuple(_pattern(t, at, p) for at, p in enumerate(t.texts("says"), 1))
        found.append(ValueSpec(table, column, t.text("section"), patterns))
        t.done()
    top.done()
    return tuple(found)


def _pattern(t: Fields, at: int, text: str) -> re.Pattern[str]:
    """Return a declared pattern: N is a number, the group around one is the value (the last N where there is none)."""
    grouped = text if "(N)" in text else "(N)".join(text.rsplit("N", 1))
    try:
        return re.compile(grouped.replace("(N)", f"({_N})").replace("N", _N))
    except re.error as error:
        raise t.fail(f"says[{at}]", f"不是合格的表达式（{error}）。") from error


def harvest(context: Context, specs: Sequence[ValueSpec], tables: Mapping[str, InputTable]) -> list[Harvested]:
    """Return everything that the text states for the input tables, the first statement of each counting."""
    found: dict[tuple[str, str, str], Harvested] = {}
    for item in (
        *_declared(context, specs, tables),
        *_items(context),
        *_cars(context, tables),
        *_projects(context),
        *_indicators(context),
        *_last_year(context),
    ):
        found.setdefault((item.table, item.row, item.column), item)
    return list(found.values())


def _declared(context: Context, specs: Sequence[ValueSpec], tables: Mapping[str, InputTable]) -> Iterator[Harvested]:
    for spec in specs:
        column = tables[spec.table].column(spec.column) if spec.table in tables else None
        if column is None:
            continue
        for passage in _searched(context, spec.section):
            text = re.sub(r"\s", "", passage.text)
            m = next((m for p in spec.patterns if (m := p.search(text))), None)
            if m is not None:
                yield Harvested(spec.table, "", spec.column, _value(m.group(1), column.kind), passage.where)
                break


def _searched(context: Context, section: str) -> list[Passage]:
    if section == "overview":
        return [p for p in context.passages if p.part in (0, 1) and not p.is_heading and not p.section]
    return [p for p in context.passages if p.section == section and not p.is_heading]


def _value(text: str, kind: str) -> int | str:
    plain = text.replace(",", "").replace("，", "")
    if kind == "amount":
        return int(Fraction(plain) * FEN_PER_WAN)
    return plain if kind == "number" else int(Fraction(plain))


def _items(context: Context) -> Iterator[Harvested]:
    """Yield the initial budget of every functional item, by its code in form 05."""
    rows = context.report.rows_of("05")
    by_name: dict[str, list[str]] = {}
    for row in rows:
        if len(base(row)) == 7:
            by_name.setdefault(_plain(rows.name(row)), []).append(row)
    budget = re.compile(r"年初预算(?:数)?(?:为)?\s*(?=-?\d)")
    for passage in context.passages:
        item, m = _ITEM.search(passage.text), budget.search(passage.text)
        if passage.section != "general" or item is None or m is None:
            continue
        codes = by_name.get(_plain(item["name"]), []) or _by_outturn(context, passage)
        number = next((n for n in mentions(passage.text) if n.start == m.end() and n.kind == "amount"), None)
        if len(codes) == 1 and number is not None:
            yield Harvested("items", codes[0], "budget", int(number.value * FEN_PER_WAN), passage.where)


def _by_outturn(context: Context, passage: Passage) -> list[str]:
    """Return the items of form 05 whose outturn the passage states, for names that differ from the form's."""
    m = _OUTTURN.search(passage.text)
    number = next((n for n in mentions(passage.text) if m and n.start == m.end() and n.kind == "amount"), None)
    if number is None:
        return []
    wanted = int(number.value * FEN_PER_WAN)
    rows = (r for r in context.report.rows_of("05") if len(base(r)) == 7)
    return [r for r in rows if context.report.get(Cell("05", r, "total")) == wanted]


def _cars(context: Context, tables: Mapping[str, InputTable]) -> Iterator[Harvested]:
    """Yield the number of cars of each declared kind."""
    kinds = dict(tables["cars"].rows) if "cars" in tables else {}
    for passage in _searched(context, "assets"):
        text = re.sub(r"\s", "", passage.text)
        for key, label in kinds.items():
            # 副省级及以上领导干部用车 for 副部（省）级及以上领导用车: the telling word and 用车 are enough.
            core = re.sub(r"[（(].*?[)）]|用车$", "", label)[:2]
            m = re.search(rf"{re.escape(core)}[^，。；、\d]{{0,16}}用车({_N})辆", text)
            if m:
                yield Harvested("cars", key, "count", int(m.group(1)), passage.where)


def _projects(context: Context) -> Iterator[Harvested]:
    """Yield the projects: those evaluated with budget and outturn, and those listed with what they achieved."""
    rows: dict[str, tuple[dict[str, int | str], str]] = {}
    for told in spendings(_searched(context, "performance"), _project_forms(context)):
        name, amounts = project_name(told.title), told.values
        money = {k: int(amounts[k][0] * FEN_PER_WAN) for k in ("budget", "executed")}
        rows.setdefault(project_key(name), ({"name": name, **money}, told.passage.where))
    evaluated, listed = set(rows), set[str]()
    for passage in _searched(context, "general"):
        m = _LISTED.match(passage.text)
        if m is not None:
            name, executed = project_name(m["name"]), int(Fraction(m["executed"].replace(",", "")) * FEN_PER_WAN)
            listed.add(project_key(name))
            new: dict[str, int | str] = {"name": name, "scope": "listed", "executed": executed}
            row, _ = rows.setdefault(project_key(name), (new, passage.where))
            if m["results"].strip():
                row["results"] = m["results"].strip()
    for key in evaluated - listed if listed else ():
        rows[key][0]["scope"] = "evaluated"
    for at, (row, where) in enumerate(rows.values()):
        yield from (Harvested("projects", str(at), column, value, where) for column, value in row.items())


def _project_forms(context: Context) -> list[SelfEvaluation]:
    projects = context.facts.evaluations().projects.values()
    return [p.form for p in projects if p.form is not None and p.form.kind is FormKind.PROJECT]


def _indicators(context: Context) -> Iterator[Harvested]:
    """Yield the indicators of projects that the text tells and no form holds."""
    projects = context.facts.evaluations().projects
    seen: set[tuple[str, str]] = set()
    for told in statements(_searched(context, "performance"), _project_forms(context), every=True):
        title = told.form.head.name if told.form is not None else project_name(told.title)
        key, project = (project_key(title), indicator_key(told.name)), projects.get(project_key(title))
        if not all(key) or key in seen or (project is not None and find_indicator(project, told) is not None):
            continue
        seen.add(key)
        row = {"project": title, "level": told.level, "name": told.name, **told.values()}
        for column, value in row.items():
            if value:
                yield Harvested("indicators", str(len(seen)), column, value, told.passage.place_of(told.quote))


def _last_year(context: Context) -> Iterator[Harvested]:
    """Yield last year's amounts: this year's, as the text names it, less the change it tells."""
    named = {(id(p), m): fact for fact, told in context.named.items() for m, p in told}
    for passage in dict.fromkeys(p for told in context.named.values() for _, p in told):
        last: tuple[str, Fraction] | None = None
        for sentence in context.sentences(passage.section):
            if sentence.passage is not passage:
                continue
            for m in CHANGE.finditer(sentence.text):
                before = [n for n in sentence.numbers if n.end <= m.start() and (id(passage), n) in named]
                owner = (named[id(passage), before[-1]], before[-1].value) if before else last
                if owner is not None and not _AGAINST_BUDGET.search(sentence.text[: m.start()]) and m["unit"] == "万元":
                    yield from _before(owner, m, passage)
                    last = None
            told = [n for n in sentence.numbers if (id(passage), n) in named]
            last = (named[id(passage), told[-1]], told[-1].value) if told and last is None else last


def _before(owner: tuple[str, Fraction], m: re.Match[str], passage: Passage) -> Iterator[Harvested]:
    fact, now = owner
    change = Fraction(m["amount"].replace(",", "").rstrip("."))
    before = now - change if m["word"] in _RISING else now + change
    if before >= 0:
        yield Harvested("last_year", fact, "amount", int(before * FEN_PER_WAN), passage.where)


def as_tables(found: Sequence[Harvested]) -> dict[str, list[dict[str, Any]]]:
    """Return harvested values as the rows of input tables, as the fields "input.<table>" keep them."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for item in found:
        row = tables.setdefault(item.table, {}).setdefault(item.row, {})
        if item.row and item.table not in ("projects", "indicators"):
            row["key"] = item.row
        row[item.column] = item.value
    return {table: list(rows.values()) for table, rows in tables.items()}
