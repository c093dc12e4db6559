"""Checks between the text and the self-evaluation forms of the same report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.performance.measures import parse_measure
from desktopapp.core.performance.selfeval import FormKind, Indicator
from desktopapp.narrative.evaluations import INDICATORS, Line, indicator_key, project_key
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.mentions import show
from desktopapp.narrative.reading.stated import PROJECT, Statement, figures_differ, match, statements
from desktopapp.narrative.selfeval_tables import FIELD, stored_forms
from desktopapp.narrative.selfeval_ties import tie_findings

#: Two amounts printed to 0.01 万元 may stand for one exact amount.
_TOLERANCE = Fraction(1, 100)
#: How alike a name must be, and how much less the next one, for a name that is not the same.
_CLOSE, _FAR = 0.7, 0.15
_IN_CAUSES = re.compile(r"全年预算(?:数|金额)?(?:为)?\s*(?P<budget>\d[\d,]*(?:\.\d+)?)\s*万元")


# ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_executions(context: Context) -> Iterator[Finding]:
    """Yield projects whose budget or outturn the text states otherwise than their form does."""
    forms = [f for f in stored_forms(context.report) if f.kind is FormKind.PROJECT]
    for passage in (p for p in context.passages if p.section == "performance"):
        for m in PROJECT.finditer(passage.text):
            form = match(m["name"], forms)
            if form is None:
                continue
            for key, label, amount in (
                ("budget", "全年预算数", form.execution.budget),
                ("executed", "执行数", form.execution.executed),
            ):
                stated = Fraction(m[key].replace(",", "").rstrip("."))
                if amount is None or abs(Fraction(amount, FEN_PER_WAN) - stated) <= _TOLERANCE:
                    continue
                printed = show(Fraction(amount, FEN_PER_WAN))
                yield text_finding(
                    passage, f"selfeval_{key}", Severity.ERROR,
                    f"“{form.head.name}”的{label}在文中为 {show(stated)} 万元，"
                    f"在绩效自评表中为 {printed} 万元，请核对。",
                    f"{printed} 万元", f"{show(stated)} 万元", m.group(),
                )  # fmt: skip


def check_ties(context: Context) -> Iterator[Finding]:
    """Yield amounts of department forms that the forms of the report show otherwise, and project forms above them."""
    forms = stored_forms(context.report)
    whole = {str(n) for n, f in enumerate(forms, 1) if f.kind is FormKind.DEPARTMENT}
    for finding in tie_findings(context.report, context.facts):
        # What projects spent is compared with the text itself, by check_executions.
        if finding.rule.endswith(".sum") or {key for _, key in finding.rows} & whole:
            yield finding


def check_causes(context: Context) -> Iterator[Finding]:
    """Yield forms whose own explanation names another full-year budget than their execution row."""
    for at, form in enumerate(stored_forms(context.report)):
        budget = form.execution.budget
        for m in _IN_CAUSES.finditer(re.sub(r"\s", "", form.causes)):
            stated = Fraction(m["budget"].replace(",", ""))
            if budget is None or abs(Fraction(budget, FEN_PER_WAN) - stated) <= _TOLERANCE:
                continue
            printed = show(Fraction(budget, FEN_PER_WAN))
            yield Finding(
                id=f"text.selfeval_causes[{at}]",
                rule="text.selfeval_causes",
                severity=Severity.ERROR,
                kind="performance",
                form="",
                message=f"“{form.head.name}”绩效自评表的预算数为 {printed} 万元，"
                f"偏差原因中写的全年预算为 {show(stated)} 万元，请核对。",
                expected=f"{show(stated)} 万元",
                found=f"{printed} 万元",
                where=f"{FIELD}/{at}/execution/budget",
                quote=m.group(),
            )
            break


# ── indicators ──────────────────────────────────────────────────────────────────────────────────────────────────────
def check_indicators(context: Context) -> Iterator[Finding]:
    """Yield indicators whose target or result the text states otherwise than the form or the published summary."""
    forms = [f for f in stored_forms(context.report) if f.kind is FormKind.PROJECT]
    summaries = list(statements([p for p in context.passages if p.part >= 6], forms))
    for stated in statements([p for p in context.passages if p.section == "performance"], forms):
        name = project_key(stated.form.head.name) if stated.form is not None else stated.project
        rows = list(context.facts.evaluations().lines_of(name))
        for other, where in _others(stated, rows, summaries):
            for label, told, printed in (
                ("目标值", stated.target, other.target),
                ("实际完成值", stated.actual, other.actual),
            ):
                if figures_differ(told, printed, other.name):
                    yield text_finding(
                        stated.passage, "selfeval_indicator", Severity.WARNING,
                        f"“{stated.name}”的{label}在文中为“{told}”，在{where}中为“{printed}”，请核对。",
                        printed, told, stated.quote,
                    )  # fmt: skip


def _others(
    stated: Statement, rows: Sequence[Line], summaries: Sequence[Statement]
) -> Iterator[tuple[Indicator | Statement, str]]:
    """Yield what else is printed of the same indicator of the same project."""
    for indicator in stated.form.indicators if stated.form is not None else ():
        if _same_name(indicator.name, stated.name):
            yield indicator, "绩效自评表"
            return
    close = _close(stated)
    if close is not None:
        yield close, "绩效自评表"
        return
    for line in rows:
        if line.address.startswith(INDICATORS) and _same_name(line.indicator.name, stated.name):
            yield line.indicator, "“项目绩效指标”"
            break
    for summary in summaries:
        if _same_name(summary.name, stated.name) and _alike(summary.project, stated.project):
            yield summary, "项目自评结果"
            return


def _close(stated: Statement) -> Indicator | None:
    """Return the only indicator with a close name of which one of the two values is told as the form has it."""
    name = indicator_key(stated.name)
    indicators = stated.form.indicators if stated.form is not None else ()
    ratios = (SequenceMatcher(None, name, indicator_key(i.name), autojunk=False).ratio() for i in indicators)
    close = [(r, i) for r, i in zip(ratios, indicators, strict=True) if r >= _CLOSE and _half_agrees(stated, i)]
    close.sort(key=lambda pair: pair[0], reverse=True)
    if not close or (len(close) > 1 and close[0][0] - close[1][0] < _FAR):
        return None
    return close[0][1]


def _half_agrees(stated: Statement, found: Indicator) -> bool:
    pairs = ((stated.target, found.target), (stated.actual, found.actual))
    return any(a and b and parse_measure(a).countable and not figures_differ(a, b, found.name) for a, b in pairs)


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _same_name(one: str, other: str) -> bool:
    a, b = indicator_key(one), indicator_key(other)
    if not a or a == b:
        return bool(a)
    # Names of very different length cannot be that much alike; most pairs are told apart by that.
    if len(a) <= 5 or 2 * min(len(a), len(b)) < 0.9 * (len(a) + len(b)):
        return False
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.quick_ratio() >= 0.9 and matcher.ratio() >= 0.9
