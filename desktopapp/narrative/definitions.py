"""The facts that a report has, by id. Those of single codes, by far the most, are made when somebody asks for them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace

from desktopapp.core.report import Report
from desktopapp.narrative.evaluations import Evaluations
from desktopapp.narrative.fact_sources import Expander, FactDef, FromEvaluation
from desktopapp.narrative.factbook import FactBook, FactSpec

_CODE = re.compile(r"[0-9]+")
_EVALUATION = re.compile(r"selfeval\[(?P<project>[^\]]*)\](?:\.indicator\[(?P<key>[^\]]*)\])?\.\w+$")
#: Behind the id of a target or actual: its figure alone, for sentences that word sign and unit themselves.
FIGURE = "_figure"


class _ByCode:
    """A declaration repeated for every leaf code of a form: item[{code}], with what is derived from it."""

    def __init__(self, spec: FactSpec, expander: Expander) -> None:
        self.spec = spec
        self._expander = expander
        self.head, _, self.tail = spec.id.partition("{code}")
        self.codes = expander.codes(spec)
        self._known = frozenset(self.codes)
        self._made: set[str] = set()
        # What is derived is the same for every code.
        sample = list(self._facts(self.codes[0])) if self.codes else []
        self._suffixes = [d.id[len(sample[0].id) :] for d in sample]

    def _facts(self, code: str) -> Iterator[FactDef]:
        return self._expander.facts(self.spec, self._expander.variables(self.spec, code))

    def take(self, fact_id: str, into: dict[str, FactDef]) -> None:
        """Make the facts of the code that an id names, if they are of this declaration."""
        if not fact_id.startswith(self.head):
            return
        found = _CODE.match(fact_id, len(self.head))
        if found is not None and fact_id.startswith(self.tail, found.end()):
            self.make(found[0], into)

    def make(self, code: str, into: dict[str, FactDef]) -> None:
        """Make the facts of a code once."""
        if code in self._known and code not in self._made:
            self._made.add(code)
            into.update((d.id, d) for d in self._facts(code))

    def ids(self, head: str, tail: str) -> Iterator[str]:
        """Yield the ids that begin and end like this."""
        if not (head.startswith(self.head) or self.head.startswith(head)):
            return
        start = head[len(self.head) :]
        codes = self._codes_from(start)
        for end in (self.tail + s for s in self._suffixes):
            if end.endswith(tail) and (start.isdigit() or not start):
                # By far the most frequent: nothing is left to compare.
                yield from [f"{self.head}{code}{end}" for code in codes]
            elif end.endswith(tail) or tail.endswith(end):
                names = (f"{self.head}{code}{end}" for code in codes)
                least = len(head) + len(tail)
                yield from (n for n in names if n.startswith(head) and n.endswith(tail) and len(n) >= least)

    def _codes_from(self, start: str) -> list[str]:
        """Return the codes that may begin with a text, which may go on behind them."""
        if not start.isdigit():
            return self.codes
        return self.codes[bisect_left(self.codes, start) : bisect_left(self.codes, start + ":")]


def _figure(whole: FactDef, fact_id: str) -> FactDef | None:
    source = whole.source
    if whole.kind != "measure" or not isinstance(source, FromEvaluation):
        return None
    return replace(whole, id=fact_id, source=replace(source, part=source.part + FIGURE))


class Definitions:
    """The definitions of all facts of a report as it is now, in declared order."""

    def __init__(self, report: Report, book: FactBook, evaluations: Callable[[], Evaluations]) -> None:
        self._expander = Expander(report, book, self.matching, evaluations)
        self._general: dict[str, FactDef] = {}
        self._single: dict[str, FactDef] = {}
        #: Ids of facts of the whole report, and declarations by code in their places between them.
        self._order: list[str | _ByCode] = []
        self._by_code: list[_ByCode] = []
        self._evaluations = [s for s in book.facts if s.each in ("project", "indicator")]
        for spec in book.facts:
            self._declare(spec)

    def _declare(self, spec: FactSpec) -> None:
        if spec.each == "leaf" and "{code}" in spec.id:
            family = _ByCode(spec, self._expander)
            self._order.append(family)
            self._by_code.append(family)
            return
        for variables in self._expander.repetitions(spec):
            for definition in self._expander.facts(spec, variables):
                if definition.id not in self._general:
                    self._order.append(definition.id)
                self._general[definition.id] = definition

    def get(self, fact_id: str) -> FactDef | None:
        """Return a definition, None for an id that the report does not have."""
        found = self._general.get(fact_id) or self._single.get(fact_id)
        if found is None:
            for family in self._by_code:
                family.take(fact_id, self._single)
            found = self._single.get(fact_id) or self._evaluated(fact_id)
        return found

    def _evaluated(self, fact_id: str) -> FactDef | None:
        """Return the definition of a value of a project or an indicator that the report does not have (yet).

        Last year's text names it; as soon as a form has a row of that name, the row answers.
        """
        found = _EVALUATION.match(fact_id)
        if found is None:
            return None
        names = {"project": found["project"], "name": found["project"]}
        names |= {"key": found["key"], "title": found["key"]} if found["key"] else {}
        whole = fact_id.removesuffix(FIGURE)
        for spec in self._evaluations:
            if (spec.each == "indicator") == bool(found["key"]) and spec.id.format_map(names) == whole:
                definition = self._general.get(whole) or next(self._expander.facts(spec, names), None)
                return definition if whole == fact_id or definition is None else _figure(definition, fact_id)
        return None

    def __getitem__(self, fact_id: str) -> FactDef:
        found = self.get(fact_id)
        if found is None:
            raise KeyError(fact_id)
        return found

    def __contains__(self, fact_id: object) -> bool:
        return isinstance(fact_id, str) and self.get(fact_id) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self.matching("", "")))

    def general(self) -> Iterator[FactDef]:
        """Yield the definitions that are of no single code."""
        return iter(self._general.values())

    def of_family(self, family: str) -> list[FactDef]:
        """Return the facts that are shares of one whole."""
        found = [d for d in self._general.values() if d.family == family]
        for by_code in self._by_code:
            if by_code.spec.family:
                for code in by_code.codes:
                    by_code.make(code, self._single)
        return found + [d for d in self._single.values() if d.family == family]

    def matching(self, head: str, tail: str) -> Iterator[str]:
        """Yield the ids that begin and end like this, in declared order."""
        least = len(head) + len(tail)
        for entry in self._order:
            if isinstance(entry, _ByCode):
                yield from entry.ids(head, tail)
            elif entry.startswith(head) and entry.endswith(tail) and len(entry) >= least:
                yield entry
