"""What a text says of projects and their indicators: amounts, targets and results, each with its place in the passage.

Three ways of telling are known: 指标：目标值为 A，实际完成 B; 指标：目标值为 A alone; and, where the outcome of a
project is told in a list, 一是完成 28 家部门热线整合 or 二是按时办结率达到 99.8%.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.performance.measures import Kind, Measure, parse_measure
from desktopapp.core.performance.selfeval import SelfEvaluation
from desktopapp.core.performance.wording import fold
from desktopapp.narrative.evaluations import project_key
from desktopapp.narrative.reading.check_parts import PROJECT as PROJECT
from desktopapp.narrative.reading.passages import Passage

Span = tuple[int, int]

_MARK = r"(?:[①-⑳㉑-㉟㊱-㊿]|[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]+是)"
#: A sign, a figure and what belongs to it up to the next mark; LaTeX that scans leave behind counts as a sign.
_SIGN = r"(?:[$\s]*(?:\\[gl]eq?|[≥≤><＞＜=﹥﹤])\s*)?"
_FIGURE = rf"{_SIGN}\d(?:[\d,，]*\d)?(?:\.\d+)?\$?\s*"
VALUE = re.compile(rf"{_FIGURE}(?:\\?[%‰]\$?|(?:[^，。；;：:（(、.\s%‰$]|(?<=\d)\.(?=\d)){{0,10}})")
_TARGET = r"(?:年度|年初|全年)?目标值\s*为?\s*"
_STATED = re.compile(
    rf"(?:^|[。；;：:]|{_MARK})\s*(?P<name>[^。；;：:]{{2,60}}?)\s*[：:，,”]?\s*{_TARGET}"
    r"(?P<target>[^。；;]{1,24}?)\s*[，,]\s*(?:\d{4}\s*年)?\s*实[际行](?:完成|达到?|满意度)?(?:值|率)?\s*为?\s*(?P<actual>(?:[^。；;，,（(]|(?<=\d),(?=\d)){1,30})"
)
_TARGET_ALONE = re.compile(
    rf"(?:^|[。；;：:]|{_MARK})\s*(?P<name>[^。；;：:\d]{{2,60}}?)\s*[：:，,”]?\s*{_TARGET}(?P<target>{VALUE.pattern})"
)
#: The label of a level that a heading without a line of its own left before the name.
_LEVEL = re.compile(r"^[一-龥]{2,7}指标(?=[^一-龥]?[一-龥]{3})")
_LEVEL_NAMED = re.compile(
    r"(?:成本|数量|质量|时效|经济效益|社会效益|生态效益|可持续影响|效益|满意度|服务对象满意度|产出)指标"
)
#: What the words of a target leave where no name stands before them.
_NO_NAME = ("年度", "年初", "全年")
_HEAD = re.compile(
    r"(?P<name>[^。；，：》]{2,40}?)(?:项目)?(?:(?:绩效)?自评(?:综述|结果|表)|绩效综述|(?=[：:]\s*(?:项目)?全年预算数))"
)
#: Money of a project whose name stands on a line of its own before.
_SPENT = re.compile(
    r"(?:^|[。；])\s*(?:该|本)?(?:项目)?(?:全年)?预算(?:数)?(?:为)?\s*(?P<budget>\d[\d,.]*)\s*万元[^。；]{0,12}?执行数(?:为)?\s*"
    r"(?P<executed>\d[\d,.]*)\s*万元"
)
_RATE = re.compile(
    r"^[^。；]{0,6}[，,；]\s*(?:预算)?(?:执行率|完成率|完成(?:全年|年初)?预算)\D{0,6}?(?P<rate>\d[\d.]*\s*%)"
)
#: Where the outcome of a project is told, and where that ends.
_OUTCOME = re.compile(r"主要(?:产出|成效|绩效|效益)[^。；：:]{0,10}[：:]")
_OUTCOME_ENDS = re.compile(r"发现的?(?:主要)?问题|存在的?(?:主要)?问题|下一步|主要原因|改进措施")
_CLAUSE = re.compile(r"(?:[一二三四五六七八九十]+是|[①-⑳]|[（(]\d{1,2}[)）])\s*(?P<text>[^；。]+)")
_REACHED = re.compile(
    rf"^(?P<name>[^，。；：\d]{{3,40}}?)(?:达到|达|超过|为|共计|实现)了?\s*(?P<value>{VALUE.pattern})$"
)
#: Measure words, longer ones first, since the name of what is counted stands right behind.
_MEASURE = (
    r"[万亿]?(?:人次|场次|批次|户次|车次|平方米|公里|万元|亿元|小时|家|个|次|人|件|条|份|期|场|项|台|套|辆|户|册|篇|亩|宗"
    r"|起|处|名|座|间|批|类|种|所|只|元|吨|本|天|日|年|月|分|%)"
)
_DONE = re.compile(
    r"^(?P<verb>完成|收到|受理|办理|开展|举办|建成|新增|发布|印发|归集|接入|处理|组织|制定|编制|培训|开通|采购|购置|维护"
    r"|检查)了?\s*"
    rf"(?P<value>\d[\d,，]*(?:\.\d+)?\s*{_MEASURE})(?P<name>[^，。；：\d]{{2,30}})$"
)
_COUNTED = re.compile(rf"^(?P<name>[^，。；：\d]{{3,30}}?)\s*(?P<value>\d[\d,，]*(?:\.\d+)?\s*{_MEASURE})$")


#: 万, 亿 or percent, which one of two figures may leave to the name of the indicator.
_SCALES = (100, 10**4, 10**8)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text says of one indicator of a project, and the form of that project.

    ``title`` is the project as the text names it, ``project`` its key, ``level`` the kind of indicator named last
    before. The spans are the places of both values in the passage, None for one that is not told.
    """

    title: str
    form: SelfEvaluation | None
    level: str
    name: str
    target: str
    actual: str
    passage: Passage
    quote: str
    target_at: Span | None = None
    actual_at: Span | None = None
    listed: bool = False

    @property
    def project(self) -> str:
        """Return the key of the project."""
        return project_key(self.title)

    def values(self) -> dict[str, str]:
        """Return target and actual without what stands behind them, "" for what is not told."""
        places = {"target": self.target_at, "actual": self.actual_at}
        return {k: self.passage.text[slice(*at)] if at is not None else "" for k, at in places.items()}


@dataclass(frozen=True, slots=True)
class Spending:
    """Budget, outturn and execution rate of one project as a text tells them, in 万元 and percent, with places."""

    title: str
    form: SelfEvaluation | None
    passage: Passage
    values: dict[str, tuple[Fraction, Span]]


def match(name: str, forms: Sequence[SelfEvaluation]) -> SelfEvaluation | None:
    """Return the form of a project by the name that a text gives it, None when none or several could be meant."""
    wanted = project_key(name)
    keys = [(project_key(f.head.name), f) for f in forms]
    exact = [f for key, f in keys if key == wanted]
    within = [f for key, f in keys if wanted and key and (wanted in key or key in wanted)]
    for found in (exact, within):
        if found:
            return found[0] if len(found) == 1 else None
    close = [f for key, f in keys if SequenceMatcher(None, wanted, key, autojunk=False).ratio() >= 0.75]
    return close[0] if len(close) == 1 else None


def form_of(name: str, passage: Passage, forms: Sequence[SelfEvaluation]) -> SelfEvaluation | None:
    """Return the form of a project that a passage begins: by its name, else by the amounts that stand behind it."""
    found, key = match(name, forms), project_key(name)
    told = next((m for m in PROJECT.finditer(passage.text) if project_key(m["name"]) == key), None)
    if found is not None or told is None:
        return found
    wanted = {Fraction(told[key].replace(",", "").rstrip(".")) * FEN_PER_WAN for key in ("budget", "executed")}
    same = [f for f in forms if {f.execution.budget, f.execution.executed} == wanted]
    return same[0] if len(same) == 1 else None


class _Reader:
    """Goes through passages and keeps in mind of which project and which kind of indicator they tell."""

    def __init__(self, forms: Sequence[SelfEvaluation], *, every: bool) -> None:
        self._forms, self._every = forms, every
        self._title, self._level = "", ""
        self._form: SelfEvaluation | None = None
        self._outcome = False
        self._before = ""

    def read(self, passage: Passage) -> Iterator[Statement]:
        heads = [(m.start(), m["name"]) for m in _HEAD.finditer(passage.text) if "《" not in m["name"]]
        taken: list[Span] = []
        for m in _STATED.finditer(passage.text):
            self._turn(heads, m.start(), passage)
            taken.append(m.span())
            yield self._statement(passage, m, m.span("target"), m.span("actual"))
        for m in _TARGET_ALONE.finditer(passage.text) if self._every else ():
            if all(m.end() <= start or end <= m.start() for start, end in taken):
                self._turn(heads, m.start(), passage)
                taken.append(m.span())
                yield self._statement(passage, m, m.span("target"), None)
        if self._every:
            yield from self._listed(passage, heads, taken)
        self._turn(heads, len(passage.text), passage)
        self._name_level(passage.text)
        self._before = passage.text

    def _turn(self, heads: list[tuple[int, str]], at: int, passage: Passage) -> None:
        """Speak of the project whose head stands last before a place."""
        before = [name for start, name in heads if start < at]
        if before and project_key(before[-1]) != project_key(self._title):
            self._title, self._level, self._outcome = before[-1], "", False
            self._form = form_of(before[-1], passage, self._forms)

    def _name_level(self, text: str) -> None:
        named = _LEVEL_NAMED.findall(text)
        self._level = named[-1] if named else self._level

    def _statement(self, passage: Passage, m: re.Match[str], target: Span, actual: Span | None) -> Statement:
        self._name_level(passage.text[: m.end("name")])
        plain = re.split(r"[：:]", re.sub(rf"^\s*{_MARK}", "", m["name"]))[-1].strip()
        # 一个数量指标未完成“制发情况通报”年初目标值为…: the name is what is quoted.
        quoted = re.search(r"(?:指标|完成|问题|包括|其中)[^“”]{0,4}“([^“”]{3,})”?$", plain)
        name = _LEVEL.sub("", quoted[1] if quoted is not None else plain)
        if name in _NO_NAME:
            # The name stands on a line of its own: ⑯完成体征指标体系梳理：
            above = self._before.rstrip()
            name = re.sub(rf"^\s*{_MARK}", "", above[:-1]).strip() if above.endswith(("：", ":")) else ""
        quote = m.group().strip("。；;：: ")
        text = passage.text
        return Statement(
            self._title, self._form, self._level, name.strip(), text[slice(*target)].strip(),
            text[slice(*actual)].strip() if actual else "", passage, quote,
            _value_at(text, target), _value_at(text, actual) if actual else None,
        )  # fmt: skip

    def _listed(self, passage: Passage, heads: list[tuple[int, str]], taken: Sequence[Span]) -> Iterator[Statement]:
        """Yield the outcome told in a list."""
        opens = _OUTCOME.search(passage.text)
        start = opens.end() if opens is not None else 0
        self._outcome = self._outcome or opens is not None
        ends = _OUTCOME_ENDS.search(passage.text, start)
        if self._outcome:
            self._turn(heads, start, passage)
            for clause in _CLAUSE.finditer(passage.text, start, ends.start() if ends else len(passage.text)):
                found = _outcome_of(clause["text"])
                if found is not None and all(clause.end() <= a or b <= clause.start() for a, b in taken):
                    name, (a, b) = found
                    span = (clause.start("text") + a, clause.start("text") + b)
                    actual = passage.text[slice(*span)].strip()
                    yield Statement(
                        self._title, self._form, "", name, "", actual, passage, clause["text"].strip(),
                        None, _value_at(passage.text, span), listed=True,
                    )  # fmt: skip
        self._outcome = self._outcome and ends is None


def _outcome_of(clause: str) -> tuple[str, Span] | None:
    """Return name and place of the value of an outcome with a single figure, None for any other."""
    text = clause.rstrip()
    if len(re.findall(r"\d[\d,，.]*", text)) != 1:
        return None
    for pattern in (_REACHED, _DONE, _COUNTED):
        m = pattern.match(text)
        if m is not None:
            verb = m["verb"] if "verb" in m.groupdict() else ""
            return re.sub(r"\s", "", verb + m["name"]), m.span("value")
    return None


def _value_at(text: str, span: Span) -> Span:
    """Return the place of a value without what a missing mark left behind it: 96.4%.质量指标："""
    piece = text[slice(*span)]
    lead = len(piece) - len(piece.lstrip())
    found = VALUE.match(piece, lead)
    end = found.end() if found is not None else len(piece)
    shown = piece[lead:end].rstrip(" .、，：:")
    return span[0] + lead, span[0] + lead + len(shown)


def statements(
    found: Sequence[Passage], forms: Sequence[SelfEvaluation], *, every: bool = False
) -> Iterator[Statement]:
    """Yield what passages say of indicators with target and result; with ``every`` also what is told otherwise."""
    reader = _Reader(forms, every=every)
    for passage in found:
        yield from reader.read(passage)


def spendings(found: Sequence[Passage], forms: Sequence[SelfEvaluation]) -> Iterator[Spending]:
    """Yield what passages say of the money of projects."""
    for passage, heads in subjects(found, forms):
        matches = list(PROJECT.finditer(passage.text))
        if not matches and any(title for _, title, _ in heads):
            matches = list(_SPENT.finditer(passage.text))
        for m in matches:
            title, form = next((t, f) for start, t, f in reversed(heads) if start <= m.start())
            if m.re is PROJECT:
                title, form = m["name"], form_of(m["name"], passage, forms)
            values = {k: (Fraction(m[k].replace(",", "").rstrip(".")), m.span(k)) for k in ("budget", "executed")}
            rate = _RATE.match(passage.text[m.end() :])
            if rate is not None:
                start, end = rate.span("rate")
                values["execution"] = (
                    Fraction(re.sub(r"[\s%]", "", rate["rate"])), (m.end() + start, m.end() + end)
                )  # fmt: skip
            yield Spending(title, form, passage, values)


def subjects(
    found: Sequence[Passage], forms: Sequence[SelfEvaluation]
) -> Iterator[tuple[Passage, list[tuple[int, str, SelfEvaluation | None]]]]:
    """Yield passages with the projects that they speak of: (from which place on, title, form)."""
    title, form = "", None
    for passage in found:
        heads: list[tuple[int, str, SelfEvaluation | None]] = [(0, title, form)]
        for m in _HEAD.finditer(passage.text):
            if "《" not in m["name"]:
                title, form = m["name"], form_of(m["name"], passage, forms)
                heads.append((m.start(), title, form))
        yield passage, heads


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def figures_differ(told: str, printed: str, name: str) -> bool:
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
