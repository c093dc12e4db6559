"""How far the work on a report has come, page by page. No Qt here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report
from desktopapp.core.template import LAST
from desktopapp.gui.palette import SIGNS
from desktopapp.narrative.fields import MISSING, SELFEVAL, TEXT_FIELD
from desktopapp.narrative.inputs import FIELD as INPUT

#: Keys of the lines that are no page of the window.
HEAD, LAST_YEAR, ROUNDING = "head", "last_year", "rounding"
_REPORT = "报表"
_MISSING = (MISSING, "input.missing")
_TICK = "✓"
_CHECKING = "核对中"
#: A severity (None: good) with a short text.
Badge = tuple[Severity | None, str]


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What is asked of a page of the window: its key, where it stands, its name, the form it shows."""

    key: str
    group: str
    label: str
    form_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the progress.

    ``wanted`` lines have to be filled in before the report is complete; ``note`` says what is special about it.
    ``errors`` and ``warnings`` count what is still to be settled, ``gaps`` are sentences on what is not filled in yet.
    """

    key: str
    group: str
    label: str
    filled: bool
    wanted: bool = True
    note: str = ""
    errors: int = 0
    warnings: int = 0
    gaps: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Tell whether anything was found here that is still to be settled."""
        return bool(self.errors or self.warnings or self.gaps)

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to do here."""
        return not self.open and (self.filled or not self.wanted)

    def badges(self) -> tuple[Badge, ...]:
        """Return what is left to do as signs with counts, or that it is done."""
        counts = ((Severity.ERROR, self.errors), (Severity.WARNING, self.warnings))
        found: list[Badge] = [(s, f"{SIGNS[s]}{n}") for s, n in counts if n]
        if self.gaps:
            found.append((Severity.INFO, "待填"))
        elif not self.filled:
            words = self.note or ("未填" if self.wanted else "选填")
            found.append((Severity.INFO if self.wanted and not self.note else Severity.ACCEPTED, words))
        return tuple(found) or ((None, self.note or _TICK),)

    def words(self) -> str:
        """Return the state in words, for tooltips and screen readers."""
        found = [f"{self.errors} 个错误"] if self.errors else []
        found += [f"{self.warnings} 个没有说明的警告"] if self.warnings else []
        found += ["还有内容待填"] if self.gaps else []
        if not self.filled and not self.gaps:
            found.append(self.note or ("尚未填写" if self.wanted else "可以不填"))
        return "，".join(found) or self.note or "已完成"


@dataclass(frozen=True, slots=True)
class Progress:
    """All lines in the order of the navigation."""

    lines: tuple[Line, ...] = ()
    by_key: Mapping[str, Line] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many lines have to be done."""
        return sum(line.wanted or line.open for line in self.lines)

    @property
    def done(self) -> int:
        """How many of them are."""
        return sum(line.wanted and line.done for line in self.lines)

    @property
    def errors(self) -> int:
        """How many errors there are in all lines."""
        return sum(line.errors for line in self.lines)

    @property
    def warnings(self) -> int:
        """How many warnings nobody has explained."""
        return sum(line.warnings for line in self.lines)

    @property
    def gaps(self) -> int:
        """How many places still have to be filled in."""
        return sum(len(line.gaps) for line in self.lines)

    def within(self, prefix: str) -> list[Line]:
        """Return the lines whose key begins so."""
        return [line for line in self.lines if line.key.startswith(prefix)]

    def forms(self) -> list[Line]:
        """Return the lines of the forms."""
        return [line for line in self.lines if line.group != _REPORT and "." not in line.key and "/" not in line.key]


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a report's pages.

    ``counts`` are findings by page and severity, ``gaps`` findings on what is not filled in yet, ``filled`` the keys
    of the pages that hold anything. ``plan_note`` is what is wrong with the rounding plan of a report kept to the 分
    ("" when nothing is), None where none is needed. Until the text has been checked nobody can tell what it lacks.
    """

    counts: Mapping[str, Counter[Severity]]
    gaps: Iterable[Finding] = ()
    filled: Collection[str] = ()
    last_known: bool = False
    plan_note: str | None = None
    text_known: bool = True


def is_gap(finding: Finding) -> bool:
    """Tell whether a finding is about something that has not been filled in yet."""
    return finding.rule in _MISSING


def progress_of(report: Report, pages: Sequence[PageInfo], state: State) -> Progress:
    """Return the progress of a report; costs its pages and gaps, however many amounts and findings it has."""
    gaps: dict[str, list[str]] = {}
    for finding in state.gaps:
        if is_gap(finding):
            gaps.setdefault(finding.form, []).append(finding.message)
    lines = [*_about_report(report, state)]
    for page in pages:
        if page.form_id.startswith(LAST):
            continue
        counts = state.counts.get(page.key, Counter())
        line = replace(
            _line(report, page, page.key in state.filled, bool(state.filled)),
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            gaps=tuple(gaps.get(page.key, ())),
        )
        if not state.text_known and page.key.startswith(TEXT_FIELD):
            line = replace(line, filled=False, note=_CHECKING)
        lines.append(line)
    return Progress(tuple(lines), {line.key: line for line in lines})


def _about_report(report: Report, state: State) -> Iterator[Line]:
    yield Line(HEAD, _REPORT, "单位名称和年度", bool(report.department.strip()))
    yield Line(
        LAST_YEAR, _REPORT, "上年报表", state.last_known, wanted=False, note="" if state.last_known else "未导入"
    )
    if state.plan_note is not None:
        yield Line(ROUNDING, _REPORT, "公开金额舍入", not state.plan_note, note="待处理" if state.plan_note else "")


def _line(report: Report, page: PageInfo, filled: bool, begun: bool) -> Line:
    key, group, label = page.key, page.group, page.label
    if page.form_id:
        form = report.template.form(page.form_id)
        blank = not filled and bool(form.empty_statement) and begun
        return Line(key, group, label, filled or blank, form.published, "空表" if blank else "")
    if key.startswith(INPUT):
        return Line(key, group, label, filled, wanted=False)
    if key == SELFEVAL:
        return Line(key, group, label, any_selfeval(report))
    # Sections are written by the template; what it lacks is among the gaps.
    return Line(key, group, label, key.startswith(TEXT_FIELD) or filled)


def any_selfeval(report: Report) -> bool:
    """Tell whether the report keeps a self-evaluation form."""
    return bool(report.fields.get(SELFEVAL))
