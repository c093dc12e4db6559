"""Projects and indicators of self-evaluation as the text names them: forms first, then the tables beside them.

A project or an indicator is known by its name as names are compared (``project_key``, ``indicator_key``), so that last
year's text finds this year's row wherever it stands. What the forms do not hold comes from the tables of projects and
of indicators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import Any

from desktopapp.core.performance.measures import Measure, hint_unit, parse_measure
from desktopapp.core.performance.scoring import POINT, Score, score
from desktopapp.core.performance.selfeval import Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_stored
from desktopapp.core.performance.wording import bare_words, fold
from desktopapp.core.report import Report
from desktopapp.narrative.fields import SELFEVAL
from desktopapp.narrative.inputs import InputReader
from desktopapp.narrative.plain import clean

#: Input tables that hold what the forms do not.
PROJECTS, INDICATORS = "projects", "indicators"
#: What a change of any of these may touch; facts name the first as the table that they rest on.
TABLES = (SELFEVAL, PROJECTS, INDICATORS)
_NUMBERED = re.compile(
    r"^\s*(?:[（(]?\d{1,2}[)）]?[.、．](?!\d)|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|[一二三四五六七八九十]+、)\s*"
)
#: So many names are remembered as compared: those of one report many times over.
_REMEMBERED = 4096
_FIGURE = re.compile(r"\d[\d,，]*(?:\.\d+)?\s*[%‰]?")

#: A value and where it stands: selfeval[2].execution/budget, projects[1].budget.
Found = tuple["int | Fraction | str | None", tuple[str, ...]]


@lru_cache(maxsize=_REMEMBERED)
def project_key(name: str) -> str:
    """Return a project's name as names are compared: without numbering, year, signs and 项目 behind it."""
    plain = bare_words(re.sub(r"(?<!\d)20\d\d\s*年度?", "", project_name(name)))
    return re.sub(r"(?:项目)+$", "", plain)


def project_name(title: str) -> str:
    """Return a project's name without the numbering before it and quotes around it."""
    return re.sub(r"^\s*[（(]?\d{1,2}[)）]?[.、．]?\s*(?=[^\d.年)）])", "", _NUMBERED.sub("", title)).strip('“”" ')


@lru_cache(maxsize=_REMEMBERED)
def indicator_key(name: str) -> str:
    """Return an indicator's name as names are compared: without signs and the unit in brackets behind it."""
    return bare_words(re.sub(r"[（(][^（）()]{0,3}[)）]\s*$", "", name.strip()))


def stated_value(text: str, unit: str, name: str) -> str:
    """Return a target or actual as a sentence states it: with the unit that the form keeps beside it or in the name."""
    plain = clean(text).strip()
    brackets = re.findall(r"[（(]([^（）()]+)[)）]", name)
    own = next((u for u in (unit, *brackets[-1:]) if u and hint_unit(u, "") != ("", 1)), "")
    measure = parse_measure(plain)
    if not own or not measure.countable or measure.unit or measure.scale != 1 or not re.search(r"\d$", plain):
        return plain
    return plain + own


def figure_of(stated: str) -> str:
    """Return the first figure of a stated value with its percent sign, "" where there is none."""
    found = _FIGURE.search(stated)
    return re.sub(r"\s", "", found.group()) if found is not None else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what it is, and the address of the row that holds it."""

    indicator: Indicator
    address: str

    def stated(self, part: str) -> str:
        """Return target or actual as a sentence states it, "" for an empty one.

        A target without an actual value beside it may still be last year's, which came along: it is not stated yet.
        """
        if part == "target" and not self.filled:
            return ""
        value = self.indicator.target if part == "target" else self.indicator.actual
        return stated_value(value, self.indicator.unit, self.indicator.name)

    @property
    def filled(self) -> bool:
        """Tell whether target and actual are filled in, or at least the actual of an outcome without a target."""
        return bool(self.indicator.actual.strip())

    def verdict(self) -> Score:
        """Return what the rule says of target and actual."""
        return score(self.indicator)

    def completion(self) -> Fraction | None:
        """Return actual ÷ target, None where they are no figures of one unit or the target is zero."""
        one, other = (parse_measure(self.stated(part)) for part in ("actual", "target"))
        if not _comparable(one) or not _comparable(other) or one.unit != other.unit or not other.value:
            return None
        return (one.value or Fraction(0)) / other.value


def _comparable(measure: Measure) -> bool:
    return measure.countable and measure.upper is None and not measure.trend


@dataclass(slots=True)
class Project:
    """One project: its form with the place in the list of forms, its row of the table of projects, its indicators."""

    key: str
    name: str
    at: int = -1
    form: SelfEvaluation | None = None
    row: int = 0
    lines: dict[str, Line] = field(default_factory=dict)

    def add(self, indicator: Indicator, address: str) -> None:
        """Add an indicator; a second one of the same name is told apart by a number."""
        key = indicator_key(indicator.name)
        if not key:
            return
        names = (key, *(f"{key}·{n}" for n in range(2, len(self.lines) + 3)))
        self.lines[next(n for n in names if n not in self.lines)] = Line(indicator, address)


class Evaluations:
    """The projects of one report as they are now."""

    def __init__(self, report: Report, reader: InputReader, tables: Sequence[str] = TABLES) -> None:
        self._reader = reader
        self.projects: dict[str, Project] = {}
        self._take_forms(report)
        if PROJECTS in tables:
            for at, row in enumerate(reader.rows(PROJECTS), 1):
                project = self._project(str(row.get("name") or ""))
                if project is not None and not project.row:
                    project.row = at
        if INDICATORS in tables:
            self._take_rows()

    def _take_forms(self, report: Report) -> None:
        raw = report.fields.get(SELFEVAL)
        for at, data in enumerate(raw if isinstance(raw, list) else []):
            try:
                form = from_stored(data)
            except SelfEvalFormatError:
                continue
            project = self._project(form.head.name)
            if project is None or project.form is not None:
                continue
            project.form, project.at = form, at
            for n, indicator in enumerate(form.indicators):
                project.add(indicator, f"{SELFEVAL}[{at}].indicators/{n}")

    def _take_rows(self) -> None:
        for at, row in enumerate(self._reader.rows(INDICATORS), 1):
            project = self._project(str(row.get("project") or ""))
            name = str(row.get("name") or "")
            if project is not None and indicator_key(name) not in project.lines:
                texts = (str(row.get(k) or "") for k in ("level", "target", "actual"))
                level, target, actual = texts
                indicator = Indicator(level, level, name, target=target, actual=actual)
                project.add(indicator, f"{INDICATORS}[{at}].")

    def _project(self, name: str) -> Project | None:
        key = project_key(name)
        if not key:
            return None
        return self.projects.setdefault(key, Project(key, project_name(clean(name))))

    def listing(self) -> tuple[tuple[str, str], ...]:
        """Return keys and names: what decides which facts there are."""
        return tuple((f"{p.key}/{k}", p.name) for p in self.projects.values() for k in ("", *p.lines))

    def lines_of(self, project: str) -> Iterator[Line]:
        """Yield the indicators of a project."""
        found = self.projects.get(project)
        yield from found.lines.values() if found is not None else ()

    # ── values ──────────────────────────────────────────────────────────────────────────────────────────────────
    def value(self, project: str, indicator: str, part: str) -> Found:
        """Return a value of a project, or of an indicator of it, and the addresses it rests on."""
        found = self.projects.get(project)
        if found is None:
            return None, (f"{SELFEVAL}.",)
        if not indicator:
            return self._of_project(found, part)
        line = found.lines.get(indicator)
        if line is None:
            return None, (f"{SELFEVAL}[{found.at}]." if found.at >= 0 else f"{SELFEVAL}.",)
        return _of_line(line, part)

    def _of_project(self, found: Project, part: str) -> Found:
        form, address = found.form, f"{SELFEVAL}[{found.at}]."
        if part in ("budget", "executed"):
            own = getattr(form.execution, part) if form is not None else None
            places = [f"{address}execution" if form is not None else f"{SELFEVAL}."]
            if own is None and found.row:
                own = self._reader.value(PROJECTS, str(found.row), part)
                places.insert(0, f"{PROJECTS}[{found.row}].{part}")
            return own, tuple(places)
        if part in ("count", "unmet"):
            lines = list(found.lines.values())
            addresses = tuple(dict.fromkeys(line.address.partition("[")[0] + "." for line in lines))
            if not lines or (part == "unmet" and not all(line.filled for line in lines)):
                return None, addresses or (f"{SELFEVAL}.",)
            number = len(lines) if part == "count" else [line.verdict().met for line in lines].count(False)
            return number, addresses
        if form is None:
            return None, (f"{SELFEVAL}.",)
        execution = form.execution
        points = form.total if form.total is not None else form.computed_total()
        if part == "execution_score":
            points = execution.score if execution.score is not None else execution.computed_score()
        return None if points is None else Fraction(points, POINT), (f"{address}execution",)


def _of_line(line: Line, part: str) -> Found:
    where = line.address + ("/" if line.address.startswith(SELFEVAL) else "")
    if part == "score":
        points = line.indicator.score
        return None if points is None else Fraction(points, POINT), (f"{where}score",)
    if part == "completion":
        return line.completion(), (f"{where}actual",)
    side, _, form = part.partition("_")
    stated = line.stated(side)
    return (figure_of(stated) if form else stated) or None, (f"{where}{side}",)


def told(project: Project) -> list[dict[str, Any]]:
    """Return the indicators of a project in groups, as the text tells them; values by the ids of their facts."""
    groups: list[dict[str, Any]] = []
    lines = list(project.lines.items())
    for number, (level1, in_first) in enumerate(groupby(lines, key=lambda kv: kv[1].indicator.level1), 1):
        for at, (level2, found) in enumerate(groupby(list(in_first), key=lambda kv: kv[1].indicator.level2)):
            listed = [_told(project.key, key, line) for key, line in found]
            groups.append(
                {"level1": level1, "level2": level2, "number": number, "first": at == 0, "indicators": listed}
            )
    return groups


def _told(project: str, key: str, line: Line) -> dict[str, str]:
    stem = fact_stem(project, key)
    return {"name": line.indicator.name, "target": f"{stem}.target", "actual": f"{stem}.actual"}


def fact_stem(project: str, indicator: str = "") -> str:
    """Return the beginning of the ids of a project's facts, or of those of one of its indicators."""
    return f"{SELFEVAL}[{project}]" + (f".indicator[{indicator}]" if indicator else "")


def same_statement(one: str, other: str) -> bool:
    """Tell whether two stated values read alike: blanks, separators and the width of signs do not matter."""
    return fold(one).replace(",", "") == fold(other).replace(",", "")
