"""A self-evaluation form while it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN, FEN_PER_YUAN, LARGEST
from desktopapp.core.performance.selfeval import (
    EXECUTION_WEIGHT,
    FULL_TOTAL,
    Execution,
    FormKind,
    Fund,
    Goal,
    Head,
    SelfEvaluation,
)
from desktopapp.narrative.selfeval_layouts import likest
from desktopapp.readers.selfeval.levels import Entry, settle
from desktopapp.readers.selfeval.ticks import ticked
from desktopapp.readers.selfeval.words import Words, points, split_weight

#: Labels of the head whose value is one of several options, and those with any text.
TICKED = ("category", "attribute", "project_type")
PLAIN = ("authority", "implementer")
_NUMBER = re.compile(r"-?\d[\d,，\s]*(?:\.\d+)?")
_IN_YUAN = re.compile(r"[（(]\s*(?:单位[:：])?\s*元\s*[)）]")


@dataclass(frozen=True, slots=True)
class Left:
    """A text inside a form that found no place."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A form that was read: its title as printed, where it begins, what was not placed, and the tables it is in."""

    form: SelfEvaluation
    title: str
    where: str
    left: tuple[Left, ...]
    tables: frozenset[int] = frozenset()


@dataclass(slots=True)
class Draft:
    """What is known of a form so far."""

    words: Words
    title: str = ""
    where: str = ""
    kind: FormKind = FormKind.PROJECT
    head: dict[str, str] = field(default_factory=dict)
    execution: Execution = field(default_factory=Execution)
    weighed: bool = False
    in_yuan: bool = False
    goals: dict[int, Goal] = field(default_factory=dict)
    goal: int = 0
    entries: list[Entry] = field(default_factory=list)
    total: int | None = None
    texts: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    tables: set[int] = field(default_factory=set)

    def amount(self, text: str) -> int | None:
        """Return an amount of the execution rows in 分; of a sum that is written out the result counts."""
        found = _NUMBER.search(text.rpartition("=")[2] or text)
        if found is None:
            return None
        number = Fraction(re.sub(r"[,，\s]", "", found.group()))
        fen = number * (FEN_PER_YUAN if self.in_yuan or re.search(r"\d\s*元", text) else FEN_PER_WAN)
        return int(fen) if fen.denominator == 1 and abs(fen) <= LARGEST else None

    def take(self, key: str, value: str, printed: str, where: str) -> None:
        """Take the value behind a label of the head; ``printed`` is the label, or the text that is none."""
        if key in ("name_project", "name_department"):
            self.head.setdefault("name", value)
        elif key in TICKED:
            self.head[key] = ticked(value)
        elif key in PLAIN:
            self.head[key] = value
        elif key == "filled_on":
            self.head[key] = re.sub(r"\s", "", value)
        elif key in ("basic_total", "project_total"):
            self.note_unit(printed)
            amount = self.amount(value)
            if key == "basic_total":
                self.execution = replace(self.execution, basic_total=amount)
            else:
                self.execution = replace(self.execution, project_total=amount)
        elif value or not key:
            self.left.append(Left(value if key else printed, where))

    def note_unit(self, text: str) -> None:
        """Take 元 as the unit when a label says so."""
        self.in_yuan = self.in_yuan or bool(_IN_YUAN.search(text))

    def execute(self, values: dict[str, str]) -> None:
        """Take the amounts of the execution row; the first row with amounts counts, those behind are parts of it."""
        initial = self.amount(values.get("first", ""))
        budget, executed = self.amount(values.get("budget", "")), self.amount(values.get("executed", ""))
        if self.execution.executed is not None:
            self._fund(Fund(values.get("label", "").strip(" :：　"), initial, budget, executed))
            return
        if budget is None and executed is None:
            return
        self.execution = replace(
            self.execution,
            budget=budget if budget is not None else initial,
            executed=executed,
            initial=initial if budget is not None else None,
            rate=values.get("rate", ""),
            score=points(values.get("score", "")),
        )
        for text in (values.get("weight", ""), values.get("label", "")):
            weight = points(text) if text == values.get("weight") else split_weight(text)[1]
            self.weigh(weight)

    def _fund(self, fund: Fund) -> None:
        """Take a row below the total; one that has no name or repeats another is none."""
        if fund.name and all(fund.name != known.name for known in self.execution.funds):
            self.execution = replace(self.execution, funds=(*self.execution.funds, fund))

    def weigh(self, weight: int | None) -> None:
        """Take the points to be had for the execution, unless they are known."""
        if weight and not self.weighed:
            self.execution, self.weighed = replace(self.execution, weight=weight), True

    def aim(
        self, number: int, text: str = "", weight: int | None = None, score: int | None = None, done: str = ""
    ) -> None:
        """Take a goal with what became of it, or more of the one that is there; what follows belongs to it."""
        self.goal = number
        old = self.goals.get(number, Goal(number))
        self.goals[number] = Goal(
            number,
            old.text + text,
            old.weight if old.weight is not None else weight,
            old.score if old.score is not None else score,
            old.done + done,
        )

    @property
    def started(self) -> bool:
        """Tell whether anything but the head is there."""
        return bool(self.entries) or self.execution.executed is not None or self.total is not None

    def finish(self) -> ReadForm | None:
        """Return the form, None when it has neither indicators nor amounts."""
        if not self.entries and (self.execution.executed is None or not self.head):
            return None
        indicators, groups = settle(self.entries, self.words)
        weights = [i.weight for i in indicators]
        if not self.weighed and None not in weights:
            rest = FULL_TOTAL - sum(w for w in weights if w is not None)
            # Many regions give the execution 10 points without printing it; 20 is the rule.
            if rest == EXECUTION_WEIGHT // 2:
                self.weigh(rest)
        if all(fund.blank for fund in self.execution.funds):
            self.execution = replace(self.execution, funds=())
        form = SelfEvaluation(
            kind=self.kind,
            head=Head(**self.head),
            execution=self.execution,
            goals=tuple(g for n, g in sorted(self.goals.items()) if n or g.text or g.done),
            indicators=indicators,
            groups=groups,
            total=self.total,
            causes=self.texts.get("causes", ""),
            measures=self.texts.get("measures", ""),
        )
        form = replace(form, layout=likest(form, self.columns, self.words.layouts))
        return ReadForm(form, self.title, self.where, tuple(self.left), frozenset(self.tables))
