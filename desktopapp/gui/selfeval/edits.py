"""What an edit makes of a form: pure functions from one form to the next. No Qt here.

Scores follow the rule until somebody gives another: a score that was empty or that of the rule follows its targets and
actuals; one that was typed stays. The same holds for the score and rate of the execution and for the total.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktopapp.core.amount import AmountError, parse_decimal
from desktopapp.core.performance.checks import is_explained, is_named, points
from desktopapp.core.performance.scoring import POINT, score
from desktopapp.core.performance.selfeval import Goal, GroupWeight, Indicator, SelfEvaluation, unmet_text
from desktopapp.core.performance.wording import bare_words


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the indicator table: ``share`` of the room that is left over, ``digits`` it needs at least."""

    key: str
    label: str
    digits: int
    share: int = 0
    centred: bool = True


COLUMNS: Final = (
    Column("goal", "目标", 5),
    Column("level1", "一级指标", 11),
    Column("level2", "二级指标", 12),
    Column("name", "三级指标", 22, 4, False),
    Column("unit", "单位", 7),
    Column("weight", "权重", 7),
    Column("target", "年初目标值（A）", 14, 2),
    Column("actual", "实际完成值（B）", 14, 2),
    Column("score", "得分", 13),
    Column("remark", "备注", 9, 2, False),
)
KEYS: Final = tuple(c.key for c in COLUMNS)
#: (row, key of the column, text as typed)
Entry = tuple[int, str, str]
_WEIGHTED: Final = re.compile(r"^(?P<name>.*?)\s*[（(]\s*(?P<points>[\d.]+)\s*分?\s*[)）]\s*$", re.DOTALL)
_LARGEST: Final = 1000


def parse_points(text: str, what: str) -> int | None:
    """Return points in hundredths; raises AmountError with a sentence for anything but a number from 0 to 1,000."""
    bare = text.strip().strip("（()）").removesuffix("分")
    try:
        number = parse_decimal(bare)
    except AmountError as error:
        raise AmountError(f"“{text.strip()}”不是{what}，请录入分数，例如 2.5。") from error
    if number is None:
        return None
    scaled, rest = divmod(number.digits * POINT, 10**number.places)
    if rest:
        raise AmountError(f"“{text.strip()}”的小数超过两位，{what}最多两位小数。")
    if not 0 <= scaled <= _LARGEST * POINT:
        raise AmountError(f"“{text.strip()}”不能作为{what}，请录入 0 到 {_LARGEST} 之间的分数。")
    return scaled


def printed(form: SelfEvaluation, indicator: Indicator, key: str) -> int | None:
    """Return the weight printed beside the group of a line, None when the form prints none."""
    level2 = indicator.level2 if key == "level2" else ""
    for group in form.groups:
        if bool(group.level2) is (key == "level2") and group.holds(indicator):
            return group.weight if level2 or key == "level1" else None
    return None


def text_of(form: SelfEvaluation, row: int, key: str, *, plain: bool = False) -> str:
    """Return what a cell is edited with; ``plain`` leaves the printed weight of a group away."""
    line = form.indicators[row]
    if key in ("weight", "score"):
        value = line.weight if key == "weight" else line.score
        return "" if value is None else points(value)
    if key == "goal":
        return str(line.goal) if line.goal else ""
    text = str(getattr(line, key))
    weight = printed(form, line, key) if key in ("level1", "level2") and not plain else None
    return text if weight is None else f"{text}（{points(weight)}分）"


def rule_score(indicator: Indicator) -> int | None:
    """Return the score that the rule gives a line, None where it gives none."""
    return score(indicator).value


def _rescored(before: Indicator, after: Indicator) -> Indicator:
    """Let the score follow where it did before; the accountant's own stays."""
    old = rule_score(before)
    if before.score is not None and before.score != old:
        return after
    return replace(after, score=rule_score(after))


def settled(before: SelfEvaluation, after: SelfEvaluation) -> SelfEvaluation:
    """Bring what follows from a form up to date after an edit: execution score, rate, total; drop emptied groups."""
    old, new = before.execution, after.execution
    if (old.budget, old.executed, old.weight) != (new.budget, new.executed, new.weight):
        follows = old.score is None or old.score == old.computed_score()
        new = replace(new, rate="", score=new.computed_score() if follows else new.score)
    groups = tuple(g for g in after.groups if _held(g, after) or not _held(g, before))
    after = replace(after, execution=new, groups=groups)
    goals = tuple(_rescored_goal(g, before, after) for g in after.goals)
    after = replace(after, goals=goals)
    if before.total is not None and after.total == before.total == before.computed_total():
        after = replace(after, total=after.computed_total())
    return after


def _held(group: GroupWeight, form: SelfEvaluation) -> bool:
    return any(group.holds(i) for i in form.indicators)


def _rescored_goal(goal: Goal, before: SelfEvaluation, after: SelfEvaluation) -> Goal:
    follows = goal.score is not None and goal.score == before.goal_score(goal.number)
    return replace(goal, score=after.goal_score(goal.number)) if follows else goal


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def set_cells(form: SelfEvaluation, entries: Sequence[Entry]) -> SelfEvaluation:
    """Return the form with texts typed into cells; rows past the end are added and take the levels above.

    An emptied score follows the rule again. Raises AmountError, which names the row, when a text is no weight or score.
    """
    lines, groups = list(form.indicators), list(form.groups)
    by_row: dict[int, dict[str, str]] = {}
    for row, key, text in entries:
        by_row.setdefault(row, {})[key] = text
    for row in sorted(by_row):
        texts = by_row[row]
        if row >= len(lines) and not any(t.strip() for t in texts.values()):
            continue
        while row >= len(lines):
            lines.append(_blank_after(lines, len(lines)))
        try:
            lines[row] = _typed(lines[row], texts, groups, form)
        except AmountError as error:
            raise AmountError(f"第 {row + 1} 行：{error}") from error
    return settled(form, replace(form, indicators=tuple(lines), groups=tuple(groups)))


def _typed(line: Indicator, texts: dict[str, str], groups: list[GroupWeight], form: SelfEvaluation) -> Indicator:
    new = line
    for key, text in texts.items():
        match key:
            case "weight":
                new = replace(new, weight=parse_points(text, "权重"))
            case "goal":
                new = replace(new, goal=_goal_number(text, form))
            case "level1" | "level2":
                new = _levelled(new, key, text, groups)
            case "score":
                continue
            case _:
                new = _worded(new, key, text.strip())
    given = parse_points(texts["score"], "得分") if "score" in texts else None
    if given is not None:
        return replace(new, score=given)
    return replace(new, score=rule_score(new)) if "score" in texts else _rescored(line, new)


def _worded(line: Indicator, key: str, text: str) -> Indicator:
    match key:
        case "name":
            return replace(line, name=text)
        case "unit":
            return replace(line, unit=text)
        case "target":
            return replace(line, target=text)
        case "actual":
            return replace(line, actual=text)
    return replace(line, remark=text)


def _goal_number(text: str, form: SelfEvaluation) -> int:
    number = parse_points(text, "年度目标的编号")
    known = [g.number for g in form.goals]
    if number is None:
        return 0 if 0 in known or not known else known[0]
    if number % POINT or number // POINT not in known:
        raise AmountError(f"没有编号为“{text.strip()}”的年度目标，请先添加年度目标。")
    return number // POINT


def _levelled(line: Indicator, key: str, text: str, groups: list[GroupWeight]) -> Indicator:
    """Take a level with the weight that is printed behind it, as in 产出指标（40分）."""
    match = _WEIGHTED.match(text)
    name = match["name"].strip() if match else text.strip()
    line = replace(line, level1=name) if key == "level1" else replace(line, level2=name)
    if match and name:
        weight = parse_points(match["points"], "权重")
        groups[:] = [g for g in groups if not (bool(g.level2) is (key == "level2") and g.holds(line))]
        if weight is not None:
            groups.append(GroupWeight(line.level1, line.level2 if key == "level2" else "", weight, line.goal))
    return line


def run_of(form: SelfEvaluation, row: int, key: str) -> range:
    """Return the rows that print one level cell together: the same level (and those before it) one below the other."""
    lines = form.indicators
    upto = ("goal", "level1", "level2")[: ("goal", "level1", "level2").index(key) + 1]

    def same(a: int, b: int) -> bool:
        return all(getattr(lines[a], k) == getattr(lines[b], k) for k in upto)

    first = last = row
    while first > 0 and same(first - 1, row):
        first -= 1
    while last + 1 < len(lines) and same(last + 1, row):
        last += 1
    return range(first, last + 1)


def set_level(form: SelfEvaluation, row: int, key: str, text: str) -> SelfEvaluation:
    """Return the form with a level typed: at the head of its rows it names all of them, below only its own row.

    The weight printed behind the name is part of what is typed: without one the group prints none any more.
    """
    run = run_of(form, row, key)
    rows = run if row == run.start and getattr(form.indicators[row], key) else range(row, row + 1)
    groups = form.groups
    if rows is run:
        whole = key == "level1"
        kept = [g for g in groups if not (g.holds(form.indicators[row]) and bool(g.level2) is not whole)]
        name = without_weight(text)
        # The groups below a renamed first level go with it.
        groups = tuple(replace(g, level1=name) if whole and g.holds(form.indicators[row]) else g for g in kept)
    changed = set_cells(replace(form, groups=groups), [(r, key, text) for r in rows])
    return settled(form, changed)


def without_weight(text: str) -> str:
    """Return the name of a level without the weight printed behind it."""
    return _WEIGHTED.sub(lambda m: m["name"], text).strip()


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _blank_after(lines: Sequence[Indicator], at: int) -> Indicator:
    near = lines[at - 1] if 0 < at <= len(lines) else lines[0] if lines else None
    return Indicator("", "", "") if near is None else Indicator(near.level1, near.level2, "", goal=near.goal)


def insert_rows(form: SelfEvaluation, at: int, count: int = 1, *, like: int | None = None) -> SelfEvaluation:
    """Return the form with empty lines before a row; they take levels and goal of the line ``like``."""
    lines = form.indicators
    if like is not None and like < len(lines):
        new = Indicator(lines[like].level1, lines[like].level2, "", goal=lines[like].goal)
    else:
        new = _blank_after(lines, at)
    return settled(form, replace(form, indicators=(*lines[:at], *[new] * count, *lines[at:])))


def delete_rows(form: SelfEvaluation, rows: Iterable[int]) -> SelfEvaluation:
    """Return the form without some lines."""
    gone = set(rows)
    kept = tuple(line for at, line in enumerate(form.indicators) if at not in gone)
    return settled(form, replace(form, indicators=kept))


def move_rows(form: SelfEvaluation, rows: Sequence[int], steps: int) -> SelfEvaluation | None:
    """Return the form with a block of lines one row up (−1) or down (+1), None where it cannot move."""
    first, last = min(rows), max(rows)
    other = first - 1 if steps < 0 else last + 1
    if not 0 <= other < len(form.indicators):
        return None
    lines = list(form.indicators)
    line = lines.pop(other)
    lines.insert(last if steps < 0 else first, line)
    return replace(form, indicators=tuple(lines))


def put_back(form: SelfEvaluation, rows: Iterable[int]) -> SelfEvaluation:
    """Return the form with the rule's scores in some rows; lines that the rule does not score keep theirs."""
    lines = list(form.indicators)
    for row in rows:
        given = rule_score(lines[row])
        if given is not None:
            lines[row] = replace(lines[row], score=given)
    return settled(form, replace(form, indicators=tuple(lines)))


def all_by_rule(form: SelfEvaluation) -> SelfEvaluation:
    """Return the form with every score, the rate and the total as the rule gives them."""
    found = form.with_rule_scores()
    found = replace(found, execution=replace(found.execution, rate=""))
    goals = tuple(g if g.score is None else replace(g, score=found.goal_score(g.number)) for g in found.goals)
    found = replace(found, goals=goals)
    return found if found.total is None else replace(found, total=found.computed_total())


# ── goals and causes ────────────────────────────────────────────────────────────────────────────────────────────────
def add_goal(form: SelfEvaluation) -> SelfEvaluation:
    """Return the form with one more yearly goal; a goal that was alone becomes number 1."""
    if not form.goals:
        return replace(form, goals=(Goal(0),))
    base = _renumbered(form, {0: 1}) if any(g.number == 0 for g in form.goals) else form
    return replace(base, goals=(*base.goals, Goal(max(g.number for g in base.goals) + 1)))


def delete_goal(form: SelfEvaluation, number: int) -> SelfEvaluation:
    """Return the form without a goal and its indicators; a goal left alone loses its number."""
    goals = tuple(g for g in form.goals if g.number != number)
    lines = tuple(i for i in form.indicators if i.goal != number)
    left = settled(form, replace(form, goals=goals, indicators=lines))
    order = [0] if len(goals) == 1 else range(1, len(goals) + 1)
    return _renumbered(left, {g.number: n for g, n in zip(goals, order, strict=True)})


def _renumbered(form: SelfEvaluation, numbers: dict[int, int]) -> SelfEvaluation:
    def told(number: int) -> int:
        return numbers.get(number, number)

    return replace(
        form,
        goals=tuple(replace(g, number=told(g.number)) for g in form.goals),
        indicators=tuple(replace(i, goal=told(i.goal)) for i in form.indicators),
        groups=tuple(replace(g, goal=told(g.goal)) for g in form.groups),
    )


def with_goal(form: SelfEvaluation, place: int, change: Callable[[Goal], Goal]) -> SelfEvaluation:
    """Return the form with one goal changed."""
    goals = list(form.goals)
    goals[place] = change(goals[place])
    return replace(form, goals=tuple(goals))


def unnamed(form: SelfEvaluation, unmet: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Return those of the unmet indicators that the cause analysis does not name yet."""
    causes = bare_words(form.causes)
    return tuple(line for line in unmet if not is_named(line.name, causes) and not is_explained(line, form))


def causes_with_unmet(form: SelfEvaluation) -> str:
    """Return the cause analysis with a sentence for the unmet indicators that it does not name yet."""
    lead = unmet_text(replace(form, indicators=unnamed(form, form.unmet())))
    return "\n".join(t for t in (form.causes.rstrip(), lead) if t)
