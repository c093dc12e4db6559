"""How far the work on a report has come, page by page. No Qt here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktopapp.core.findings import Finding, Severity, sort_findings
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
    ``findings`` are what is still to be settled, the worst first: errors, open warnings, gaps.
    """

    key: str
    group: str
    label: str
    filled: bool
    wanted: bool = True
    note: str = ""
    findings: tuple[Finding, ...] = ()

    def of(self, severity: Severity) -> int:
        """Return how many findings of a severity are open; gaps count as INFO."""
        return sum(f.severity is severity for f in self.findings)

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to do here."""
        return not self.findings and (self.filled or not self.wanted)

    def badges(self) -> tuple[Badge, ...]:
        """Return what is left to do as signs with counts, or that it is done."""
        found: list[Badge] = [(s, f"{SIGNS[s]}{n}") for s in (Severity.ERROR, Severity.WARNING) if (n := self.of(s))]
        if self.of(Severity.INFO):
            found.append((Severity.INFO, "待填"))
        elif not self.filled:
            words = self.note or ("未填" if self.wanted else "选填")
            found.append((Severity.INFO if self.wanted and not self.note else Severity.ACCEPTED, words))
        return tuple(found) or ((None, self.note or _TICK),)

    def words(self) -> str:
        """Return the state in words, for tooltips and screen readers."""
        errors, warnings, gaps = (self.of(s) for s in (Severity.ERROR, Severity.WARNING, Severity.INFO))
        found = [f"{errors} 个错误"] if errors else []
        found += [f"{warnings} 个没有说明的警告"] if warnings else []
        found += ["还有内容待填"] if gaps else []
        if not self.filled and not gaps:
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
        return sum(line.wanted or bool(line.findings) for line in self.lines)

    @property
    def done(self) -> int:
        """How many of them are."""
        return sum(line.wanted and line.done for line in self.lines)

    def open(self, severity: Severity) -> int:
        """Return how many findings of a severity are open in all lines."""
        return sum(line.of(severity) for line in self.lines)

    def within(self, prefix: str) -> list[Line]:
        """Return the lines whose key begins so."""
        return [line for line in self.lines if line.key.startswith(prefix)]

    def forms(self) -> list[Line]:
        """Return the lines of the forms."""
        return [line for line in self.lines if line.group != _REPORT and "." not in line.key and "/" not in line.key]


def progress_of(
    report: Report,
    pages: Sequence[PageInfo],
    findings: Iterable[Finding],
    filled: Collection[str],
    *,
    plan_note: str | None = None,
    text_known: bool = True,
) -> Progress:
    """Return the progress of a report.

    ``filled`` are the keys of the pages that hold anything. ``plan_note`` is what is wrong with the rounding plan of a
    report kept to the 分 ("" when nothing is), None where none is needed. Until the text has been checked
    (``text_known``) nobody can tell what it lacks.
    """
    by_page: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity in (Severity.ERROR, Severity.WARNING) or finding.rule in _MISSING:
            by_page.setdefault(finding.form, []).append(finding)
    lines = [*_about_report(report, filled, plan_note)]
    for page in pages:
        if page.form_id.startswith(LAST):
            continue
        open_here = tuple(sort_findings(report, by_page.get(page.key, ())))
        line = _line(report, page, open_here, page.key in filled)
        if not text_known and page.key.startswith(TEXT_FIELD):
            line = replace(line, filled=False, note=_CHECKING)
        lines.append(line)
    return Progress(tuple(lines), {line.key: line for line in lines})


def _about_report(report: Report, filled: Collection[str], plan_note: str | None) -> Iterator[Line]:
    named = bool(report.department.strip())
    yield Line(HEAD, _REPORT, "单位名称和年度", named)
    last = any(key.startswith(LAST) for key in filled)
    yield Line(LAST_YEAR, _REPORT, "上年报表", last, wanted=False, note="" if last else "未导入")
    if plan_note is not None:
        yield Line(ROUNDING, _REPORT, "公开金额舍入", not plan_note, note="待处理" if plan_note else "")


def _line(report: Report, page: PageInfo, findings: tuple[Finding, ...], filled: bool) -> Line:
    key, group, label = page.key, page.group, page.label
    if page.form_id:
        form = report.template.form(page.form_id)
        blank = not filled and bool(form.empty_statement) and bool(report.amounts)
        note = "空表" if blank else ""
        return Line(key, group, label, filled or blank, form.published, note, findings)
    if key.startswith(INPUT):
        return Line(key, group, label, filled, wanted=False, findings=findings)
    if key == SELFEVAL:
        return Line(key, group, label, any_selfeval(report), findings=findings)
    # Sections are written by the template; what it lacks is among the findings.
    return Line(key, group, label, key.startswith(TEXT_FIELD) or filled, findings=findings)


def any_selfeval(report: Report) -> bool:
    """Tell whether the report keeps a self-evaluation form."""
    return bool(report.fields.get(SELFEVAL))
