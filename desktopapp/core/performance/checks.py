"""Checks of a self-evaluation form. Each yields findings; none raises.

A check speaks only where it is sure of what it compares: a sum only when all its parts are there, a score only where
the published rule applies, an outcome only where figures or plain words tell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Final, Literal

from desktopapp.core.amount import format_number
from desktopapp.core.performance.measures import Kind, parse_measure
from desktopapp.core.performance.scoring import POINT, Score, half_up
from desktopapp.core.performance.selfeval import FULL_TOTAL, Execution, Indicator, SelfEvaluation
from desktopapp.core.performance.wording import bare_words, fold, says_done, says_undone, without_brackets

Severity = Literal["error", "rounding", "warning", "info"]


@dataclass(frozen=True, slots=True)
class SelfEvalFinding:
    """One thing that is wrong or doubtful in a form.

    Attributes:
        rule: id of the check, e.g. "selfeval.score".
        severity: error, rounding, warning or info, as for the forms.
        path: place as a JSON pointer into ``selfeval_json.to_json``, e.g. "/indicators/3/score".
        expected, found: both values as the user sees them.
        message: one Chinese sentence: what, where, what to do.
    """

    rule: str
    severity: Severity
    path: str
    expected: str
    found: str
    message: str


#: An amount of the forms is exact to 0.01 万元; half of that, in 分.
_HALF_GRAIN: Final = 5_000
_GRAIN: Final = 10_000
_RATE: Final = re.compile(r"(\d+)(?:\.(\d+))?%")
_SENTENCE: Final = re.compile(r"[。；;\n!！?？]")
_ALL_DONE: Final = re.compile(
    r"(指标|目标|任务)[^，,]{0,6}?(均|都|全部|全面)(已经?)?(按[^，,]{0,4})?(完成|达成|实现|达到)"
    r"|(均|全部|全面)(已经?)?(完成|达成|实现)(了)?[^，,]{0,6}(指标|目标)|(无|没有|不存在)(未完成|未达成|未达标|未实现)"
    r"|(未完成|未达成)的?[^，,]{0,6}[:：](无|没有)$"
)
_EXCEPTED: Final = re.compile(r"除|其余|其他|其它|以外|之外|大部分|基本|多数|个指标|项指标")


def check_all(form: SelfEvaluation) -> Iterator[SelfEvalFinding]:
    """Yield the findings of all checks, in the order of the form."""
    verdicts = form.scores()
    yield from check_execution(form.execution)
    yield from check_funds(form.execution)
    yield from check_group_weights(form)
    yield from check_hundred(form)
    yield from check_scores(form, verdicts)
    yield from check_totals(form, verdicts)
    yield from check_duplicates(form)
    yield from check_unmet_named(form, verdicts)
    yield from check_claims(form, verdicts)
    yield from check_undone_full(form, verdicts)


def points(hundredths: int) -> str:
    """Return hundredths of a point without trailing zeros: 250 gives "2.5"."""
    whole, rest = divmod(abs(hundredths), POINT)
    decimals = f"{rest:02d}".rstrip("0")
    return ("-" if hundredths < 0 else "") + str(whole) + (f".{decimals}" if decimals else "")


def _differs(
    rule: str, severity: Severity, path: str, expected: int, found: int, what: str, advice: str
) -> SelfEvalFinding:
    message = f"{what}应为 {points(expected)} 分，表中为 {points(found)} 分，{advice}"
    return SelfEvalFinding(rule, severity, path, points(expected), points(found), message)


def check_execution(execution: Execution) -> Iterator[SelfEvalFinding]:
    """Execution rate = B/A and execution score = weight × B/A, at most the weight.

    A score that follows from a rightly rounded rate is accepted too.
    """
    ratio, computed = execution.ratio(), execution.computed_score()
    if ratio is None or computed is None:
        return
    printed = _RATE.search(fold(execution.rate))
    wrong = _wrong_rate(execution, ratio, printed) if printed else None
    if wrong:
        yield wrong
    if execution.score is None or _same_printed(execution.score, computed):
        return
    if printed and not wrong:
        by_rate = half_up(execution.weight * Fraction(f"{printed[1]}.{printed[2] or 0}") / 100)
        if execution.score == min(execution.weight, by_rate):
            return
    path, advice = "/execution/score", "请核对。"
    yield _differs("selfeval.execution-score", "error", path, computed, execution.score, "预算执行得分", advice)


def check_funds(execution: Execution) -> Iterator[SelfEvalFinding]:
    """The rows below the total add up to it, in each column that they and the total are filled in."""
    for key, label in (("initial", "年初预算数"), ("budget", "全年预算数"), ("executed", "执行数")):
        total = getattr(execution, key)
        parts = [amount for fund in execution.funds if (amount := getattr(fund, key)) is not None]
        if total is None or not parts or abs(sum(parts) - total) <= _HALF_GRAIN * (len(parts) + 1):
            continue
        expected, found = format_number(sum(parts)), format_number(total)
        message = f"{label}合计 {found} 万元，各项资金之和为 {expected} 万元，请核对。"
        yield SelfEvalFinding("selfeval.funds", "error", f"/execution/{key}", expected, found, message)


def _wrong_rate(execution: Execution, ratio: Fraction, printed: re.Match[str]) -> SelfEvalFinding | None:
    places = len(printed[2] or "")
    wanted, found = half_up(ratio * 100 * 10**places), int(printed[1] + (printed[2] or ""))
    step = Fraction(1, 10**places)
    if found == wanted or _within_grain(execution, found * step, step):
        return None
    expected, shown = f"{_fixed(wanted, places)}%", execution.rate.strip()
    message = f"预算执行率应为 {expected}（执行数÷预算数），表中为 {shown}，请核对金额或执行率。"
    return SelfEvalFinding("selfeval.execution-rate", "error", "/execution/rate", expected, shown, message)


def _fixed(number: int, places: int) -> str:
    whole, rest = divmod(number, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def _within_grain(execution: Execution, percent: Fraction, step: Fraction) -> bool:
    """Whether the printed rate can come from amounts that were only afterwards rounded to 0.01 万元."""
    budget, executed = execution.budget, execution.executed
    if not budget or executed is None or budget % _GRAIN or executed % _GRAIN or budget <= _HALF_GRAIN:
        return False
    if budget == executed:
        return False
    low = Fraction(executed - _HALF_GRAIN, budget + _HALF_GRAIN) * 100
    high = Fraction(executed + _HALF_GRAIN, budget - _HALF_GRAIN) * 100
    return low <= percent + step / 2 and percent - step / 2 <= high


def _same_printed(found: int, exact: int) -> bool:
    """Whether the found points are the exact ones, or those rounded to one decimal."""
    return found == exact or (found % 10 == 0 and found == half_up(Fraction(exact, 10)) * 10)


def check_group_weights(form: SelfEvaluation) -> Iterator[SelfEvalFinding]:
    """The weights of a group's indicators add up to the weight printed beside the group or goal."""
    for place, group in enumerate(form.groups):
        found = form.weight_of(group)
        if found is None or found == group.weight:
            continue
        name = group.level2 or group.level1
        where = f"年度目标 {group.goal} 的“{name}”" if group.goal else f"“{name}”"
        message = f"{where}标注 {points(group.weight)} 分，所列指标的权重合计 {points(found)} 分，请核对权重。"
        yield SelfEvalFinding(
            "selfeval.group-weight", "error", f"/groups/{place}/weight", points(found), points(group.weight), message
        )
    for place, goal in enumerate(form.goals):
        found = form.goal_weight(goal.number)
        if goal.weight is None or found is None or found == goal.weight:
            continue
        message = (
            f"年度目标 {goal.number} 标注 {points(goal.weight)} 分，所列指标的权重合计 {points(found)} 分，请核对权重。"
        )
        yield SelfEvalFinding(
            "selfeval.group-weight", "error", f"/goals/{place}/weight", points(found), points(goal.weight), message
        )


def check_hundred(form: SelfEvaluation) -> Iterator[SelfEvalFinding]:
    """Execution and indicators together weigh 100 points.

    Without any satisfaction indicator, which may be left out, a smaller sum is only a warning. Weights with two
    decimals are shares that were rounded; the sum may miss by half a hundredth for each.
    """
    weights = [indicator.weight for indicator in form.indicators if indicator.weight is not None]
    if not weights or len(weights) < len(form.indicators):
        return
    total = form.execution.weight + sum(weights)
    if total == FULL_TOTAL:
        return
    rounded = sum(1 for weight in weights if weight % 10)
    satisfied = any("满意" in indicator.level1 + indicator.level2 for indicator in form.indicators)
    severity: Severity = "error" if satisfied or total > FULL_TOTAL else "warning"
    if rounded and 2 * abs(total - FULL_TOTAL) <= rounded + 1:
        severity = "rounding"
    parts = f"预算执行 {points(form.execution.weight)} 分与指标权重 {points(sum(weights))} 分"
    message = f"{parts}合计 {points(total)} 分，应为 100 分，请核对权重。"
    yield SelfEvalFinding("selfeval.hundred", severity, "/indicators", "100", points(total), message)


def check_scores(form: SelfEvaluation, verdicts: tuple[Score, ...] | None = None) -> Iterator[SelfEvalFinding]:
    """Each score follows the rule where the rule applies, lies within its band, and is at most the weight."""
    for place, (line, verdict) in enumerate(zip(form.indicators, verdicts or form.scores(), strict=True)):
        if line.score is None:
            continue
        path, name = f"/indicators/{place}/score", f"“{line.name}”"
        if line.weight is not None and not 0 <= line.score <= line.weight:
            message = f"{name}得 {points(line.score)} 分，应在 0 至权重 {points(line.weight)} 分之间，请更正。"
            expected = f"0～{points(line.weight)}"
            yield SelfEvalFinding("selfeval.score", "error", path, expected, points(line.score), message)
        elif verdict.value is not None and line.score != verdict.value:
            severity: Severity = "rounding" if _same_printed(line.score, verdict.value) else "error"
            what = f"{name}的得分按规则（目标 {line.target.strip()}，实际 {line.actual.strip()}）"
            yield _differs("selfeval.score", severity, path, verdict.value, line.score, what, "请核对。")
        elif verdict.band and not verdict.band[0] <= line.score <= verdict.band[1]:
            expected = f"{points(verdict.band[0])}～{points(verdict.band[1])}"
            message = (
                f"{name}属于“{verdict.outcome.value}”，得分应在 {expected} 之间，表中为 {points(line.score)}，请核对。"
            )
            yield SelfEvalFinding("selfeval.band", "warning", path, expected, points(line.score), message)


def check_totals(form: SelfEvaluation, verdicts: tuple[Score, ...] | None = None) -> Iterator[SelfEvalFinding]:
    """The total is execution plus indicators; a goal's score is the sum of its indicators.

    A total of scores that were not yet rounded may miss by half a hundredth for each score that rounding changed.
    """
    for place, goal in enumerate(form.goals):
        found = form.goal_score(goal.number)
        if goal.score is not None and found is not None and found != goal.score:
            what = f"年度目标 {goal.number} 的得分"
            path = f"/goals/{place}/score"
            yield _differs("selfeval.goal-score", "error", path, found, goal.score, what, "请核对各指标得分。")
    computed = form.computed_total()
    if computed is None or form.total is None or computed == form.total or not form.indicators:
        return
    pairs = zip(form.indicators, verdicts or form.scores(), strict=True)
    rounded = sum(1 for line, verdict in pairs if _was_rounded(line, verdict))
    severity: Severity = "rounding" if 2 * abs(computed - form.total) <= rounded else "error"
    advice = "应等于预算执行得分与各指标得分之和，请核对。"
    yield _differs("selfeval.total", severity, "/total", computed, form.total, "总分", advice)


def _was_rounded(line: Indicator, verdict: Score) -> bool:
    return verdict.share is not None and line.weight is not None and (verdict.share * line.weight).denominator > 1


def check_duplicates(form: SelfEvaluation) -> Iterator[SelfEvalFinding]:
    """No indicator stands twice in the same group of the same goal."""
    seen: dict[tuple[int, str, str, str], int] = {}
    for place, line in enumerate(form.indicators):
        key = line.goal, bare_words(line.level1), bare_words(line.level2), bare_words(line.name)
        if not key[3]:
            continue
        if key in seen:
            message = f"“{line.name}”与第 {seen[key] + 1} 个指标重复，请删除其中一个或改名。"
            yield SelfEvalFinding("selfeval.duplicate", "warning", f"/indicators/{place}/name", "", line.name, message)
        else:
            seen[key] = place


def check_unmet_named(form: SelfEvaluation, verdicts: tuple[Score, ...] | None = None) -> Iterator[SelfEvalFinding]:
    """An indicator that loses points for its figure is named under 偏差大或目标未完成原因分析, or explained beside it.

    The usual layout prints no remarks; all others have a column for the cause.
    """
    causes = bare_words(form.causes)
    for place, (line, verdict) in enumerate(zip(form.indicators, verdicts or form.scores(), strict=True)):
        if not verdict.missed or is_named(line.name, causes) or is_explained(line, form):
            continue
        lead = "偏差原因没有填写" if not causes else "偏差原因中没有提到它"
        message = f"“{line.name}”未完成（目标 {line.target.strip()}，实际 {line.actual.strip()}），{lead}，请补写原因。"
        yield SelfEvalFinding("selfeval.unmet-unnamed", "warning", f"/indicators/{place}", line.name, "", message)


def is_explained(line: Indicator, form: SelfEvaluation) -> bool:
    """Return whether a line has its cause in the column that its form's layout has for it."""
    return bool(form.layout) and bool(bare_words(line.remark)) and not says_done(line.remark)


def is_named(name: str, words: str) -> bool:
    """Return whether ``words``, a text reduced by ``bare_words``, holds the name or the greater part of it."""
    plain, _ = without_brackets(fold(name))
    wanted = bare_words(plain) or bare_words(name)
    if not wanted or wanted in words:
        return True
    match = SequenceMatcher(None, wanted, words, autojunk=False).find_longest_match()
    return match.size >= 4 and 5 * match.size >= 3 * len(wanted)


def check_claims(form: SelfEvaluation, verdicts: tuple[Score, ...] | None = None) -> Iterator[SelfEvalFinding]:
    """Nothing says 已完成 beside a target that the figures miss: neither the line itself nor the cause analysis."""
    missed = [
        (place, line)
        for place, (line, verdict) in enumerate(zip(form.indicators, verdicts or form.scores(), strict=True))
        if verdict.missed
    ]
    for place, line in missed:
        _, comments = without_brackets(fold(line.actual))
        claims = [text for text in (line.remark, *comments) if text.strip() and says_done(text)]
        for claim in claims[:1]:
            figures = f"实际 {line.actual.strip()} 没有达到目标 {line.target.strip()}"
            message = f"“{line.name}”写有“{claim.strip()}”，但{figures}，请更正。"
            yield SelfEvalFinding("selfeval.done-unmet", "error", f"/indicators/{place}", "", claim.strip(), message)
    if not missed:
        return
    for sentence in _SENTENCE.split(form.causes):
        plain = "".join(sentence.split())
        if _ALL_DONE.search(plain) and not _EXCEPTED.search(plain):
            names = "、".join(f"“{line.name}”" for _, line in missed[:3])
            message = f"偏差原因写有“{plain}”，但{names}{'等' if len(missed) > 3 else ''}没有达到目标值，请更正。"
            yield SelfEvalFinding("selfeval.done-unmet", "error", "/causes", "", plain, message)
            return


def check_undone_full(form: SelfEvaluation, verdicts: tuple[Score, ...] | None = None) -> Iterator[SelfEvalFinding]:
    """Full marks need a result: none for what was not begun, handed over, or left blank."""
    for place, (line, verdict) in enumerate(zip(form.indicators, verdicts or form.scores(), strict=True)):
        if not line.weight or line.score != line.weight or verdict.value is not None:
            continue
        if parse_measure(line.target).kind is Kind.BLANK or bare_words(line.target) == bare_words(line.actual):
            continue
        blank = not line.actual.strip()
        if not blank and not says_undone(line.actual):
            continue
        state = "没有填写实际完成值" if blank else f"实际为“{line.actual.strip()}”"
        message = f"“{line.name}”{state}，却得满分 {points(line.score)} 分，请核对得分或写明理由。"
        path = f"/indicators/{place}/score"
        yield SelfEvalFinding("selfeval.undone-full", "warning", path, "", points(line.score), message)
