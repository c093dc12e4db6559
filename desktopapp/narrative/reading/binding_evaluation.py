"""Binds what a text says of projects and their indicators to the facts of the self-evaluation.

A value is bound where the project, the name of the indicator and the value itself agree with what forms or tables
hold. A value of a known indicator that they hold otherwise is marked, never bound to anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.performance.measures import parse_measure
from desktopapp.core.performance.selfeval import FormKind, SelfEvaluation
from desktopapp.narrative.definitions import FIGURE
from desktopapp.narrative.evaluations import (
    Line,
    Project,
    fact_stem,
    indicator_key,
    project_key,
    same_statement,
)
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.reading.mentions import mentions
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.stated import Spending, Statement, figures_differ, spendings, statements, subjects

#: Start, end and the fact that stands there, "" for what is marked as nobody's.
Bound = tuple[int, int, str]

_DIGITS = re.compile(r"\d[\d,，]*(?:\.\d+)?\s*[%‰]?")
_UNMET = re.compile(r"(?P<n>\d+)\s*个[一-龥]{0,4}指标(?:未|没有|尚未)(?:能)?(?:完成|达)")
_TARGET_WORDS = re.compile(r"(?:(?:目标|指标)值\s*(?:为|是)?|设[置定]为)\s*[≥≤><＞＜]?\s*$")
_ACTUAL_WORDS = re.compile(r"(?:实[际行])?(?:仅)?(?:完成|达到|达)(?:了|率?为)?\s*[≥≤><＞＜]?\s*$")
_SPENT_WORDS = re.compile(r"(?:执行(?:数|金额)|支出决算数?)(?:为)?\s*$")
_BUDGET_WORDS = re.compile(r"全年预算(?:数|金额)?(?:为)?\s*$")
_QUOTED = re.compile(r"“([^“”]{3,60})”")
#: How alike names must be where both values agree, and where they are to tell the indicator alone.
_CLOSE_WITH_VALUES, _CLOSE = 0.5, 0.9


class EvaluationBinder:
    """Binds the passages of one section."""

    def __init__(self, facts: Facts, passages: Sequence[Passage]) -> None:
        self._facts = facts
        self._projects = facts.evaluations().projects
        self._year = facts.report.year
        forms = [p.form for p in self._projects.values() if p.form is not None and p.form.kind is FormKind.PROJECT]
        self._found: dict[int, list[Bound]] = {}
        #: Which indicator the names of the text turned out to mean.
        self._meant: dict[tuple[str, str], str] = {}
        for spending in spendings(passages, forms):
            self._note(spending.passage, self._spending(spending))
        for statement in statements(passages, forms, every=True):
            self._note(statement.passage, self._statement(statement))
        self._names: dict[int, list[tuple[int, int]]] = {}
        for passage, heads in subjects(passages, forms):
            self._names[id(passage)] = [(start, start + len(title)) for start, title, _ in heads[1:]]
            self._note(passage, self._loose(passage, heads))

    def named(self, passage: Passage) -> list[tuple[int, int]]:
        """Return where names of projects stand in a passage; digits there (智慧政务 3.0 改革) are no quantities."""
        return self._names.get(id(passage), [])

    def bound(self, passage: Passage) -> list[Bound]:
        """Return what is bound in a passage, in order and never overlapping."""
        return sorted(self._found.get(id(passage), ()))

    def _note(self, passage: Passage, found: Iterator[Bound]) -> None:
        kept = self._found.setdefault(id(passage), [])
        for start, end, fact_id in found:
            if all(end <= a or b <= start for a, b, _ in kept):
                kept.append((start, end, fact_id))

    def _project(self, title: str, form: SelfEvaluation | None) -> Project | None:
        return self._projects.get(project_key(form.head.name if form is not None else title))

    # ── money ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _spending(self, told: Spending) -> Iterator[Bound]:
        project = self._project(told.title, told.form)
        for part, (value, (start, end)) in told.values.items() if project is not None else ():
            fact = self._facts.find(f"{fact_stem(project.key if project else '')}.{part}")
            if fact is None or not fact.known:
                continue
            number = next((m for m in mentions(told.passage.text[start:]) if m.start == 0), None)
            exact = Fraction(fact.quantity) / FEN_PER_WAN if fact.kind == "amount" else Fraction(fact.quantity) * 100
            step = number.ulp if number is not None else Fraction(1, 100)
            step = min(step, Fraction(1, 100)) if fact.kind == "amount" else step
            yield start, end, fact.id if 2 * abs(exact - value) <= step else ""

    # ── indicators ──────────────────────────────────────────────────────────────────────────────────────────────
    def _statement(self, told: Statement) -> Iterator[Bound]:
        project = self._project(told.title, told.form)
        key = find_indicator(project, told) if project is not None else None
        if project is not None and key is not None:
            self._meant.setdefault((project.key, indicator_key(told.name)), key)
        for part, span in (("target", told.target_at), ("actual", told.actual_at)):
            if span is not None and project is not None and key is not None:
                yield from self._side(project, key, part, told.passage.text, span)

    def _side(self, project: Project, key: str, part: str, text: str, span: tuple[int, int]) -> Iterator[Bound]:
        """Yield the whole value where it reads as the form has it, its figure where only that agrees, else a mark."""
        told, line = text[slice(*span)], project.lines[key]
        printed, stem = line.stated(part), fact_stem(project.key, key)
        if printed and same_statement(told, printed):
            yield *span, f"{stem}.{part}"
            return
        figure = _DIGITS.search(told)
        if figure is None:
            return
        start, end = span[0] + figure.start(), span[0] + figure.start() + len(figure.group().rstrip())
        agree = bool(printed) and _same_figure(told, printed, line.indicator.name)
        yield start, end, f"{stem}.{part}{FIGURE}" if agree else ""

    # ── the rest of a paragraph ─────────────────────────────────────────────────────────────────────────────────
    def _loose(self, passage: Passage, heads: Sequence[tuple[int, str, SelfEvaluation | None]]) -> Iterator[Bound]:
        text = passage.text
        for m in _UNMET.finditer(text):
            project = self._at(heads, m.start())
            if project is not None:
                fact = self._facts.find(f"{fact_stem(project.key)}.unmet")
                agree = fact is not None and fact.value == int(m["n"])
                yield *m.span("n"), fact.id if fact is not None and agree else ""
        for m in _DIGITS.finditer(text):
            project = self._at(heads, m.start())
            before = text[: m.start()]
            money = "executed" if _SPENT_WORDS.search(before) else "budget" if _BUDGET_WORDS.search(before) else ""
            if project is not None and money and re.match(r"\s*万元", text[m.end() :]):
                fact = self._facts.find(f"{fact_stem(project.key)}.{money}")
                value = Fraction(re.sub(r"[,，\s]", "", m.group().rstrip("%‰ "))) * FEN_PER_WAN
                agree = fact is not None and fact.known and abs(value - fact.quantity) * 2 <= FEN_PER_WAN // 100
                yield m.start(), m.start() + len(m.group().rstrip()), fact.id if fact is not None and agree else ""
                continue
            part = "target" if _TARGET_WORDS.search(before) else "actual" if _ACTUAL_WORDS.search(before) else ""
            if project is None or not part or self._of_another_year(before):
                continue
            names = _QUOTED.findall(before)
            key = self._named(project, names[-1]) if names else None
            if key is not None and _same_figure(m.group(), project.lines[key].stated(part), names[-1]):
                end = m.start() + len(m.group().rstrip())
                yield m.start(), end, f"{fact_stem(project.key, key)}.{part}{FIGURE}"

    def _at(self, heads: Sequence[tuple[int, str, SelfEvaluation | None]], place: int) -> Project | None:
        title, form = next(((t, f) for start, t, f in reversed(heads) if start <= place), ("", None))
        return self._project(title, form) if title else None

    def _named(self, project: Project, name: str) -> str | None:
        key = indicator_key(name)
        if (project.key, key) in self._meant:
            return self._meant[project.key, key]
        alike = [k for k in project.lines if k == key or _likeness(k, key) >= _CLOSE]
        return alike[0] if len(alike) == 1 else None

    def _of_another_year(self, before: str) -> bool:
        years = re.findall(r"(20\d\d)\s*年", re.split(r"[。；]", before)[-1])
        return bool(years) and int(years[-1]) != self._year


def find_indicator(project: Project, told: Statement) -> str | None:
    """Return the key of the indicator that a statement means: by name, or by a close name and both values."""
    key = indicator_key(told.name)
    if key in project.lines:
        return key
    alike = sorted(((_likeness(key, k), k) for k in project.lines), reverse=True)
    if alike and alike[0][0] >= _CLOSE:
        return alike[0][1]
    fitting = [(r, k) for r, k in alike if r >= _CLOSE_WITH_VALUES and _values_agree(project.lines[k], told)]
    # A second one as close with the same values leaves it open.
    if fitting and (len(fitting) == 1 or fitting[0][0] - fitting[1][0] > 0.1):
        return fitting[0][1]
    return None


def _values_agree(line: Line, told: Statement) -> bool:
    pairs = [(told.target, line.stated("target")), (told.actual, line.stated("actual"))]
    return all(
        same_statement(one, other) or _same_figure(one, other, line.indicator.name) for one, other in pairs if one
    )


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _same_figure(told: str, printed: str, name: str) -> bool:
    """Tell whether two values have the same figure, rounded at most, and neither sign nor unit says otherwise."""
    one, other = parse_measure(told), parse_measure(printed)
    if not (one.countable and other.countable) or figures_differ(told, printed, name):
        return False
    if one.comparison and other.comparison and one.comparison is not other.comparison:
        return False
    percent = "%" in {one.unit, other.unit}
    return one.scale == other.scale and (percent or not one.unit or not other.unit or one.unit == other.unit)
