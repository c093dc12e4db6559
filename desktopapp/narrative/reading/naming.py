"""What the labels of a text mean: facts of claims, functional items and classes, economic items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.catalogue_names import normalise_name
from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.narrative.reading.claims import ANY_SECTION, Claim, ClaimBook
from desktopapp.narrative.reading.labels import bare, named, squeeze
from desktopapp.narrative.reading.told import Meaning

#: Names no longer than this (收入, 基本支出) are parts of too many other words to be looked for within a text.
_SHORT = 4
#: Those that are said of one thing only.
_TELLING = frozenset({"三公经费"})
#: Forms that print items, the one the text mostly follows first.
_ITEM_FORMS = (("05", "item[{}]"), ("07", "07.item[{}]"), ("08", "08.item[{}]"))
#: Sections about one of the other funds, whose items are those of its form.
_ITEM_SECTIONS = {"fund": "07", "capital": "08"}
#: Forms that print classes, by section; any other section asks in the order of the last.
_CLASS_FORMS = {"general": ("05", "04", "03"), "": ("03", "04", "05")}
_CLASS_SECTIONS = frozenset({"general", "total", "expense", "fiscal", "changes"})


class FactNaming:
    """Names for one report; ``amount`` gives a fact's amount in 万元 or None."""

    def __init__(self, report: Report, book: ClaimBook, amount: Callable[[str], Fraction | None]) -> None:
        self._report = report
        self._amount = amount
        self._says: dict[str, list[Claim]] = {}
        for claim in book.claims:
            for words in claim.says:
                self._says.setdefault(bare(squeeze(words)), []).append(claim)
        self._second = book.pairs
        self._longest_first = sorted(self._says, key=len, reverse=True)
        self._known: dict[tuple[str, str], Meaning | None] = {}

    def meaning(self, label: str, section: str) -> Meaning | None:
        """Return what a label means in a section, None when it names nothing known there."""
        key = (label, section)
        if key not in self._known:
            self._known[key] = self._claimed(label, section) or self._class(label, section) or self._economic(*key)
        return self._known[key]

    # ── claims ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _claimed(self, label: str, section: str) -> Meaning | None:
        plain = bare(label)
        words = next((w for w in self._longest_first if named(plain, w)), None)
        claims = self._says[words] if words is not None else []
        primary = next((c for c in claims if section in c.sections), None) or next(
            (c for c in claims if ANY_SECTION in c.sections), None
        )
        if primary is None:
            return None
        # The same words may speak of another form's amount, and both are right: 基本支出 of form 03 or of form 05.
        others = (c.fact for c in claims if c is not primary)
        return Meaning(primary.fact, words or label, self._amounts([primary.fact, *others]))

    def mentioned(self, text: str, section: str) -> Meaning | None:
        """Return what the last name in a text means, None where it names nothing."""
        plain = bare(text)
        found = [
            (at + len(w), len(w), w)
            for w in self._longest_first
            if (len(w) > _SHORT or w in _TELLING) and (at := plain.rfind(w)) >= 0
        ]
        return self.meaning(max(found)[2], section) if found else None

    def second(self, meaning: Meaning) -> Meaning:
        """Return what the second number behind a name of two things means, nothing where the name is of one."""
        fact = self._second.get(meaning.fact, "") if re.search("收支|收入支出", squeeze(meaning.label)) else ""
        return Meaning(fact, meaning.label, self._amounts([fact])) if fact else Meaning("", "")

    def _amounts(self, facts: Iterable[str]) -> tuple[Fraction, ...]:
        first, *rest = (self._amount(f) for f in facts)
        return () if first is None else (first, *(a for a in rest if a))

    # ── functional codes ────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def _items(self) -> dict[str, list[tuple[str, str]]]:
        """Return (form, code) of the items by their plain names."""
        found: dict[str, list[tuple[str, str]]] = {}
        for form, _ in _ITEM_FORMS:
            if self._report.template.has_form(form):
                rows = self._report.rows_of(form)
                for row in rows:
                    if len(base(row)) == 7:
                        found.setdefault(plain_name(rows.name(row)), []).append((form, row))
        return found

    def item(self, found: re.Match[str], section: str = "") -> Meaning | None:
        """Return what a functional item named in full means; several of one name are told apart by what is above."""
        name = plain_name(found["name"])
        # The same item may have money of two funds; the section tells of one of them.
        codes = sorted(self._items.get(name, []), key=lambda at: at[0] != _ITEM_SECTIONS.get(section, at[0]))
        for level, digits in (("group", 5), ("class", 3)):
            above = _core(found[level] or "")
            fitting = [c for c in codes if above and _core(self._row_name(c[0], base(c[1])[:digits])) == above]
            codes = fitting or codes
        if not codes:
            return Meaning(f"?{name}", found["name"])
        if len({code for _, code in codes}) > 1:
            return Meaning(f"?{name}", found["name"], tuple(a for c in codes for a in self._row_amounts(*c)))
        return self._of_row(*codes[0])

    def coded(self, code: str, section: str = "") -> Meaning | None:
        """Return what a functional code means, in a section about one fund the amount of that fund."""
        own = _ITEM_SECTIONS.get(section, "")
        for form, _ in sorted(_ITEM_FORMS, key=lambda f: f[0] != own):
            if self._report.template.has_form(form) and code in self._report.rows_of(form):
                return self._of_row(form, code)
        return None

    def _of_row(self, form: str, code: str) -> Meaning:
        pattern = dict(_ITEM_FORMS)[form]
        label = f"{base(code)} {self._row_name(form, code)}"
        return Meaning(pattern.format(code), label, tuple(self._row_amounts(form, code)))

    def _row_amounts(self, form: str, code: str) -> Iterable[Fraction]:
        for at in dict.fromkeys((form, "03")):
            value = self._report.get(Cell(at, code, "total")) if self._report.template.has_form(at) else None
            if value:
                yield Fraction(value, FEN_PER_WAN)

    def _row_name(self, form: str, code: str) -> str:
        rows = self._report.rows_of(form)
        return rows.name(code) if code in rows else ""

    @cached_property
    def _classes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for form in ("05", "03", "07", "08"):
            if self._report.template.has_form(form):
                rows = self._report.rows_of(form)
                found |= {_core(rows.name(c)): c for c in rows if len(c) == 3}
        if found:
            return found
        # A text without forms: the classes that the template names.
        lines = (ln for f in self._report.template.forms if f.id == "01" for s in f.sides for ln in s.lines)
        return {_core(re.sub(r"^[一二三四五六七八九十]+、", "", ln.label)): ln.key for ln in lines if ln.is_class}

    def _class(self, label: str, section: str) -> Meaning | None:
        if section not in _CLASS_SECTIONS:
            return None
        if re.search(r"[(（]款[)）]$", label):
            return self._group(label)
        core = _core(re.sub(r"类?支出$|类$", "", re.sub(r"[(（]类[)）]", "", bare(label))))
        code = self._classes.get(core)
        if code is None:
            return None
        amounts = [
            a for f in _CLASS_FORMS.get(section, _CLASS_FORMS[""]) if (a := self._class_amount(f, code)) is not None
        ]
        if section == "general" and self._class_amount("05", code) is None and "05" in self._filled:
            # Money of the other funds alone: 其他支出 0 万元 is right where the section tells of this fund only.
            amounts.append(Fraction(0))
        name = next((n for n in (self._row_name(f, code) for f in ("05", "03", "07", "08")) if n), label)
        return Meaning(f"class[{code}]", name, tuple(amounts))

    @cached_property
    def _filled(self) -> frozenset[str]:
        """Return the forms that hold any amount; the blanks of others say nothing."""
        return frozenset(cell.form for cell in self._report.amounts)

    def _group(self, label: str) -> Meaning | None:
        """Return what a name with （款） behind it means, None where several groups have that name."""
        name = plain_name(bare(re.sub(r"^.*[(（]类[)）]|[(（]款[)）]$", "", label)))
        if not self._report.template.has_form("05"):
            return None
        rows = self._report.rows_of("05")
        codes = [c for c in rows if len(base(c)) == 5 and plain_name(rows.name(c)) == name]
        value = self._report.get(Cell("05", codes[0], "total")) if len(codes) == 1 else None
        return Meaning(f"?group[{codes[0]}]", rows.name(codes[0]), (Fraction(value, FEN_PER_WAN),)) if value else None

    def _class_amount(self, form: str, code: str) -> Fraction | None:
        if not self._report.template.has_form(form):
            return None
        value = self._report.get(Cell(form, code, "total"))
        return Fraction(value, FEN_PER_WAN) if value else None

    # ── economic codes ──────────────────────────────────────────────────────────────────────────────────────────
    def _economic(self, label: str, section: str) -> Meaning | None:
        if section != "basic" or not self._report.template.has_form("06"):
            return None
        code = self._economic_names.get(normalise_name(label))
        value = self._report.get(Cell("06", code, "amount")) if code else None
        return Meaning(f"economic[{code}]", label, (Fraction(value, FEN_PER_WAN),)) if value else None

    @cached_property
    def _economic_names(self) -> dict[str, str]:
        rows = self._report.rows_of("06")
        return {normalise_name(rows.name(c)): c for c in rows if len(base(c)) == 5}


def plain_name(name: str) -> str:
    """Return the name of an item as names are compared."""
    return re.sub(r"[\s（）()]", "", name)


def _core(name: str) -> str:
    return re.sub(r"(?:支出)+$", "", plain_name(re.sub(r"^(?:\W|其中|主要用于|用于)+", "", name)))
