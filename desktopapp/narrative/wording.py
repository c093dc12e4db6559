"""What a sentence template may say: facts as marked text, conditions on facts, lists of what is not zero.

Every function here is a name in the templates under ``resources/templates/*/text``. Asking for a fact records it, so
that an edit renders only the sections that use what it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from typing import Any

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.layout import is_empty
from desktopapp.core.levels import FUNCTIONAL, parents
from desktopapp.core.report import Report
from desktopapp.core.template import Block, Form, Shape
from desktopapp.narrative.bindings import change_tail, number_span, word_span
from desktopapp.narrative.evaluations import TABLES as EVALUATED
from desktopapp.narrative.evaluations import project_key, told
from desktopapp.narrative.fact_sources import leaves
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.inputs import KEY
from desktopapp.narrative.marks import holder, holders, mark
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.outline import Outline, option
from desktopapp.narrative.parts import Parts
from desktopapp.narrative.plain import CLOSING, clean, within_sentence
from desktopapp.narrative.words import sign_of

_DIGITS = "零一二三四五六七八九"
_TITLES = ("类", "款", "项")
#: Digits of a class of the economic classification; longer codes are items.
LONGEST_CLASS = 3
#: Before the name of a macro: the paragraphs that it made, as something that a section rests on.
PARTS = "parts:"


def cn(number: int) -> str:
    """Return a number from 0 to 9999 in Chinese figures: 12 → 十二, 120 → 一百二十, 1003 → 一千零三."""
    pieces = ""
    for power, unit in ((1000, "千"), (100, "百"), (10, "十")):
        digit = number // power % 10
        if digit:
            pieces += _DIGITS[digit] + unit
        elif pieces and number % power and not pieces.endswith("零"):
            pieces += "零"
    pieces += _DIGITS[number % 10] if number % 10 or not number else ""
    return pieces.removeprefix("一") if 10 <= number < 20 else pieces


def circled(number: int) -> str:
    """Return a number in a circle: ① to ㊿, beyond that in brackets."""
    for first, start in ((1, 0x2460), (21, 0x3251), (36, 0x32B1)):
        if first <= number < first + (20 if first == 1 else 15):
            return chr(start + number - first)
    return f"（{number}）"


class Wording:
    """The names of one rendering; ``used`` are the facts and input tables asked for, ``structure`` the forms whose rows
    were looked at."""

    def __init__(
        self,
        report: Report,
        facts: Facts,
        outline: Outline,
        style: NumberStyle,
        catalogues: Catalogues | None,
        parts: Parts | None = None,
    ) -> None:
        self._report = report
        self._facts = facts
        self._outline = outline
        self._style = style
        self._catalogues = catalogues
        self._parts = Parts() if parts is None else parts
        self.used: set[str] = set()

    def names(self) -> dict[str, Callable[..., Any] | str]:
        """Return the names a template may use."""
        functions = (
            self.n, self.wan, self.change, self.word, self.known, self.nonzero, self.sign, self.value, self.far,
            self.ask, self.gap, self.text, self.lines, self.ended, self.rows, self.column, self.evaluation,
            self.option,
            self.codes, self.items, self.every, self.shown, self.name, self.full_name, self.row_name,
            self.economic, self.economic_facts, self.empty, self.total_of, self.numbered,
        )  # fmt: skip
        names: dict[str, Callable[..., Any] | str] = {f.__name__: f for f in functions}
        names |= {"cn": cn, "circled": circled, "year": self.n("year"), "last": self.n("year.last")}
        return names | {"department": clean(self._report.department) or mark("【部门名称】", "", "missing")}

    def numbered(self, macro: Callable[..., object], codes: Iterable[str], *words: str) -> str:
        """Return a numbered paragraph for each code, made by a macro of the code and the words.

        A paragraph is made again only when something that it asked for has changed.
        """
        name = getattr(macro, "name", "")
        made = self._parts.texts((name, words), codes, partial(self._made, macro, words))
        # What the paragraphs rest on is known there; one word stands for all of it.
        self.used.add(f"{PARTS}{name}")
        return "\n\n".join([f"{at}.{text}" for at, text in enumerate(made, 1)])

    def _made(self, macro: Callable[..., object], words: tuple[str, ...], code: str) -> tuple[str, frozenset[str]]:
        outer, self.used = self.used, set()
        try:
            return str(macro(code, *words)), frozenset(self.used)
        finally:
            self.used = outer

    # ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _fact(self, fact_id: str) -> Fact:
        self.used.add(fact_id)
        return self._facts.get(fact_id)

    def _find(self, fact_id: str) -> Fact | None:
        self.used.add(fact_id)
        return self._fact(fact_id) if fact_id in self._facts else None

    def _marked(self, text: str) -> str:
        """Return text with placeholders as marked text."""
        pieces, at = [], 0
        for start, end, fact_id, word in holders(text):
            pieces.append(text[at:start])
            pieces.append(self.word(fact_id, word) if word else self.n(fact_id))
            at = end
        return "".join((*pieces, text[at:]))

    def n(self, fact_id: str) -> str:
        """Return a fact's number (or text), marked; a gap to fill in when it cannot be stated."""
        span = number_span(self._fact(fact_id), fact_id, self._facts, self._style)
        return mark(span.text, fact_id, span.state)

    def wan(self, fact_id: str) -> str:
        """Return an amount with 万元."""
        return self.n(fact_id) + "万元"

    def change(self, fact_id: str, rate: bool = True, unit: str = "万元") -> str:
        """Return a change in words: 增加5万元，增长10%; 持平 for none; without the rate where last year was zero."""
        fact = self._fact(fact_id)
        if fact.known and sign_of(fact) == 0:
            return self.word(fact_id, "持平")
        tail = change_tail(fact, self._facts, unit) if rate else holder(fact_id) + unit
        return self.word(fact_id, "增加") + self._marked(tail)

    def word(self, fact_id: str, word: str) -> str:
        """Return a word as the sign of a fact wants it: word("x.gap", "大于") → 小于."""
        span = word_span(self._fact(fact_id), fact_id, word)
        return mark(span.text, fact_id, span.state)

    def known(self, fact_id: str) -> bool:
        """Tell whether a fact can be stated; False also where the template's forms do not have it."""
        fact = self._find(fact_id)
        return fact is not None and fact.known

    def sign(self, fact_id: str) -> int:
        """Return 1, 0 or -1 as published, 0 for what cannot be stated."""
        fact = self._find(fact_id)
        return sign_of(fact) if fact is not None and fact.known else 0

    def nonzero(self, *fact_ids: str) -> bool:
        """Tell whether any of the facts is published as something else than zero."""
        return any(self.sign(i) != 0 for i in fact_ids)

    def value(self, fact_id: str) -> Any:
        """Return the exact value of a fact, None when it cannot be stated."""
        fact = self._find(fact_id)
        return fact.value if fact is not None else None

    def far(self, fact_id: str) -> bool:
        """Tell whether an outturn differs from its budget so much that a reason has to be given."""
        rate, gap = self._find(f"{fact_id}.gap_rate"), self._find(f"{fact_id}.gap")
        if gap is None or not gap.known or sign_of(gap) == 0:
            return False
        if rate is None or not rate.known:
            return True
        return abs(Fraction(rate.quantity)) * 100 >= self._outline.reason_threshold

    def every(self, head: str, tail: str = "") -> list[str]:
        """Return the ids of facts named like this; "02." takes 02.fiscal, not 02.fiscal.last."""
        found = []
        for fact_id in self._facts.ids_like(head, tail):
            middle = fact_id[len(head) : len(fact_id) - len(tail)]
            if middle and not set(".[]") & set(middle):
                found.append(fact_id)
        return found

    def shown(self, head: str, tail: str = "") -> list[str]:
        """Return those of ``every`` that are not published as zero."""
        return [i for i in self.every(head, tail) if self.nonzero(i)]

    def name(self, fact_id: str) -> str:
        """Return what a fact is called."""
        return clean(self._fact(fact_id).label)

    # ── inputs ──────────────────────────────────────────────────────────────────────────────────────────────────
    def text(self, address: str) -> str:
        """Return a text input as one piece without its closing full stop, "" when it is empty."""
        fact = self._fact(address)
        if not isinstance(fact.value, str):
            return ""
        shown = within_sentence(fact.value)
        return mark(shown, address, "live") if shown else ""

    def ask(self, address: str) -> str:
        """Return a text input, or a gap that says what is to be filled in."""
        return self.text(address) or self.n(address)

    def lines(self, address: str, required: bool = False) -> list[str]:
        """Return a text input line by line; a gap to fill in when it is empty but required."""
        fact = self._fact(address)
        if isinstance(fact.value, str):
            return [clean(line).strip() for line in fact.value.split("\n") if line.strip()]
        return [self.n(address)] if required else []

    def gap(self, label: str) -> str:
        """Return a gap that says what is to be filled in."""
        return mark(f"【请填写：{label}】", "", "missing")

    def ended(self, lines: list[str]) -> list[str]:
        """Return paragraphs with a full stop at the end of the last one."""
        if not lines or lines[-1][-1:] in "。！？；：":
            return lines
        return [*lines[:-1], lines[-1].rstrip(CLOSING) + "。"]

    def rows(self, table: str, **without: str) -> list[dict[str, Any]]:
        """Return the rows of an input table with "at", the position from 1; ``without`` leaves out some.

        Empty cells are empty texts.
        """
        self.used.add(f"{table}.")
        reader = self._facts.inputs
        blank: dict[str, Any] = {c.key: "" for c in reader.table(table).columns}
        found = []
        for at, row in enumerate(reader.rows(table), 1):
            if not any(row.get(k) == v for k, v in without.items()):
                kept = {k: clean(v) if isinstance(v, str) else v for k, v in row.items() if v is not None}
                found.append({**blank, **kept, "at": at})
        return found

    def column(self, table: str, key: str) -> list[str]:
        """Return a text column row by row, with gaps for empty cells."""
        return [self.ask(f"{table}[{r['at']}].{key}") for r in self.rows(table)]

    def evaluation(self, project: str) -> list[dict[str, Any]]:
        """Return the indicators of a project's self-evaluation, grouped as they are told in the text.

        Each group has "level1", "level2", "number" of its level 1, "first" for the first group of it, and "indicators"
        with "name" and the ids of the facts "target" and "actual".
        """
        self.used.update(f"{table}." for table in EVALUATED)
        found = self._facts.evaluations().projects.get(project_key(project))
        return told(found) if found is not None else []

    def option(self, key: str) -> str:
        """Return what the office chose."""
        return option(self._report, self._outline, key)

    # ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def codes(self, form_id: str, length: int) -> list[str]:
        """Return the codes of a form with this many digits, in printed order."""
        if not self._report.template.has_form(form_id):
            return []
        return [r for r in self._report.rows_of(form_id) if len(r) == length]

    def items(self, form_id: str, budgets: str, under: str = "") -> list[str]:
        """Return the leaf codes of a form, and those that have only a budget in the input table, in code order."""
        self.used.add(f"{budgets}.")
        if not self._report.template.has_form(form_id):
            return []
        known = self._report.rows_of(form_id)
        rows = self._facts.reader.each(budgets)
        planned = {k for r in rows if r.get("budget") and (k := str(r.get(KEY, ""))).isdigit() and k not in known}
        return sorted(c for c in planned.union(leaves(self._report, form_id)) if c.startswith(under))

    def full_name(self, code: str, form_id: str = "05") -> str:
        """Return a code's name with those above it: 教育支出（类）普通教育（款）小学教育（项）."""
        above = (*parents(code, FUNCTIONAL), code)
        pieces = (f"{self.row_name(c, form_id)}（{_TITLES[FUNCTIONAL.index(len(c))]}）" for c in above)
        return "".join(pieces) if len(code) in FUNCTIONAL else self.row_name(code, form_id)

    def row_name(self, code: str, form_id: str) -> str:
        """Return the name of a code: as the forms print it, or from the catalogue."""
        template = self._report.template
        forms = (f for f in (form_id, "05", "03", "02") if template.has_form(f) and code in self._report.rows_of(f))
        printed = next((clean(self._report.rows_of(f).name(code)) for f in forms), "")
        entry = self._catalogues.functional.get(code) if self._catalogues is not None else None
        # Tables cut long names off; the catalogue knows the rest.
        return entry.name if entry is not None and entry.name.startswith(printed) else printed or code

    def economic_facts(self, half: str) -> list[str]:
        """Return the facts of the economic items of one half of form 06 that are not zero ("personnel", "public")."""
        form = next((f for f in self._report.template.forms if f.shape is Shape.BLOCKS), None)
        if form is None:
            return []
        rows, blocks = self._report.rows_of(form.id), _blocks_above(form, half)
        codes = [r for r in rows if form.block_of(r) in blocks and len(r) > LONGEST_CLASS]
        return [f"economic[{c}]" for c in codes if self.nonzero(f"economic[{c}]")]

    def economic(self, half: str) -> list[str]:
        """Return the names of ``economic_facts``."""
        return [self.name(i) for i in self.economic_facts(half)]

    def empty(self, form_id: str) -> bool:
        """Tell whether a form holds no amount (or the template does not have it)."""
        self.used.add(f"form:{form_id}")
        return not self._report.template.has_form(form_id) or is_empty(self._report, form_id)

    def total_of(self, fact_ids: Iterable[str]) -> Any:
        """Return the exact sum of facts, those that cannot be stated left out."""
        return sum(self._fact(i).quantity for i in fact_ids)


def _blocks_above(form: Form, total: str) -> list[Block]:
    """Return the blocks that a closing total takes in: those since the total before it."""
    group: list[Block] = []
    for block in form.blocks:
        group.append(block)
        if block.total is not None:
            if block.total.key == total:
                return group
            group = []
    return []
