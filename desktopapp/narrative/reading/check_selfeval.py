"""Checks between the text and the self-evaluation forms of the same report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.performance.measures import Kind, Measure, parse_measure
from desktopapp.core.performance.selfeval import FormKind, Indicator, SelfEvaluation
from desktopapp.core.performance.wording import bare_words, fold
from desktopapp.narrative.reading.check_parts import _PROJECT
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.mentions import show
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.selfeval_tables import FIELD, stored_forms
from desktopapp.narrative.selfeval_ties import tie_findings

#: Two amounts printed to 0.01 万元 may stand for one exact amount.
_TOLERANCE = Fraction(1, 100)
#: 万, 亿 or percent, which one of two figures may leave to the name of the indicator.
_SCALES = (100, 10**4, 10**8)
_MARK = r"(?:[①-⑳㉑-㉟]|[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]+是)"
_STATED = re.compile(
    rf"(?:^|[。；;：:]|{_MARK})\s*(?P<name>[^。；;：:]{{2,60}}?)\s*[：:，,]?\s*(?:年度|年初|全年)?目标值\s*为?\s*"
    r"(?P<target>[^。；;]{1,24}?)\s*[，,]\s*(?:\d{4}\s*年)?\s*实际(?:完成|达到?|满意度)?(?:值|率)?\s*为?\s*(?P<actual>(?:[^。；;，,（(]|(?<=\d),(?=\d)){1,30})"
)
#: The label of a level that a heading without a line of its own left before the name.
_LEVEL = re.compile(r"^[一-龥]{2,7}指标(?=[^一-龥]?[一-龥]{3})")
_HEAD = re.compile(r"(?P<name>[^。；，：]{2,40}?)(?:项目)?(?:绩效)?自评(?:综述|结果|表)")
_IN_CAUSES = re.compile(r"全年预算(?:数|金额)?(?:为)?\s*(?P<budget>\d[\d,]*(?:\.\d+)?)\s*万元")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text says of one indicator of a project, and the form of that project."""

    project: str
    form: SelfEvaluation | None
    name: str
    target: str
    actual: str
    passage: Passage
    quote: str


# ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_executions(context: Context) -> Iterator[Finding]:
    """Yield projects whose budget or outturn the text states otherwise than their form does."""
    forms = [f for f in stored_forms(context.report) if f.kind is FormKind.PROJECT]
    for passage in (p for p in context.passages if p.section == "performance"):
        for m in _PROJECT.finditer(passage.text):
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


def match(name: str, forms: Sequence[SelfEvaluation]) -> SelfEvaluation | None:
    """Return the form of a project by the name that a text gives it, None when none or several could be meant."""
    wanted = _core(name)
    exact = [f for f in forms if _core(f.head.name) == wanted]
    within = [f for f in forms if wanted and (wanted in _core(f.head.name) or _core(f.head.name) in wanted)]
    for found in (exact, [f for f in within if _core(f.head.name)]):
        if found:
            return found[0] if len(found) == 1 else None
    close = [f for f in forms if SequenceMatcher(None, wanted, _core(f.head.name), autojunk=False).ratio() >= 0.75]
    return close[0] if len(close) == 1 else None


def _core(name: str) -> str:
    plain = bare_words(re.sub(r"^\s*(?:[（(]?\d+[)）]?[.、．]|[一二三四五六七八九十]+、)\s*|\d{4}\s*年度?", "", name))
    return re.sub(r"(?:项目)+$", "", plain)


# ── indicators ──────────────────────────────────────────────────────────────────────────────────────────────────────
def check_indicators(context: Context) -> Iterator[Finding]:
    """Yield indicators whose target or result the text states otherwise than the form or the published summary."""
    forms = [f for f in stored_forms(context.report) if f.kind is FormKind.PROJECT]
    summaries = list(_statements([p for p in context.passages if p.part >= 6], forms))
    for stated in _statements([p for p in context.passages if p.section == "performance"], forms):
        for other, where in _others(stated, summaries):
            for label, told, printed in (
                ("目标值", stated.target, other.target),
                ("实际完成值", stated.actual, other.actual),
            ):
                if _differ(told, printed, other.name):
                    yield text_finding(
                        stated.passage, "selfeval_indicator", Severity.WARNING,
                        f"“{stated.name}”的{label}在文中为“{told}”，在{where}中为“{printed}”，请核对。",
                        printed, told, stated.quote,
                    )  # fmt: skip


def _statements(found: Sequence[Passage], forms: Sequence[SelfEvaluation]) -> Iterator[Statement]:
    project, form = "", None
    for passage in found:
        heads = [(m.start(), _core(m["name"])) for m in _HEAD.finditer(passage.text)]
        for m in _STATED.finditer(passage.text):
            before = [n for at, n in heads if at < m.start()]
            if before:
                project, form = before[-1], _form_of(before[-1], passage, forms)
            name = _LEVEL.sub("", re.split(r"[：:]", re.sub(rf"^\s*{_MARK}", "", m["name"]))[-1].strip())
            quote = m.group().strip("。；;：: ")
            yield Statement(project, form, name, m["target"].strip(), m["actual"].strip(), passage, quote)
        if heads:
            project, form = heads[-1][1], _form_of(heads[-1][1], passage, forms)


def _form_of(name: str, passage: Passage, forms: Sequence[SelfEvaluation]) -> SelfEvaluation | None:
    """Return the form of a project that a passage begins: by its name, else by the amounts that stand behind it."""
    found = match(name, forms)
    told = next((m for m in _PROJECT.finditer(passage.text) if _core(m["name"]) == name), None)
    if found is not None or told is None:
        return found
    wanted = {Fraction(told[key].replace(",", "").rstrip(".")) * FEN_PER_WAN for key in ("budget", "executed")}
    same = [f for f in forms if {f.execution.budget, f.execution.executed} == wanted]
    return same[0] if len(same) == 1 else None


def _others(stated: Statement, summaries: Sequence[Statement]) -> Iterator[tuple[Indicator | Statement, str]]:
    """Yield what else is printed of the same indicator of the same project."""
    for indicator in stated.form.indicators if stated.form is not None else ():
        if _same_name(indicator.name, stated.name):
            yield indicator, "绩效自评表"
            return
    for summary in summaries:
        if _same_name(summary.name, stated.name) and _alike(summary.project, stated.project):
            yield summary, "项目自评结果"
            return


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _same_name(one: str, other: str) -> bool:
    a, b = _bare_name(one), _bare_name(other)
    return bool(a) and (a == b or (len(a) > 5 and SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.9))


def _bare_name(name: str) -> str:
    return bare_words(re.sub(r"[（(][^（）()]{0,3}[)）]$", "", name))


def _differ(told: str, printed: str, name: str) -> bool:
    """Tell whether two figures differ by more than right rounding; what is no figure is not compared."""
    one, other = parse_measure(told), parse_measure(printed)
    if not (one.countable and other.countable) or one.upper is not None or other.upper is not None:
        return False
    percent = "%" in fold(told + printed + name)
    a, b = _value(one, percent), _value(other, percent)
    if a == b or (a and b and max(a / b, b / a) in _SCALES):
        return False
    coarse = max(_step(told) * one.scale, _step(printed) * other.scale) * (Fraction(1, 100) if percent else 1)
    return 2 * abs(a - b) > coarse


def _value(measure: Measure, percent: bool) -> Fraction:
    """Return a figure; where the name of the indicator carries the percent sign, the figure means percent too."""
    value = measure.value or Fraction(0)
    return value / 100 if percent and measure.kind is Kind.NUMBER and not measure.unit else value


def _step(text: str) -> Fraction:
    """Return the last place of a printed figure."""
    m = re.search(r"\d(?:\.(\d+))?(?!.*\d)", text)
    return Fraction(1, 10 ** len(m[1])) if m and m[1] else Fraction(1)
