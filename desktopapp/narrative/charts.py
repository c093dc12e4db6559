"""Figures of the report: which amounts of the facts they show."""

from __future__ import annotations

from collections.abc import Iterator

from desktopapp.core.report import Report
from desktopapp.narrative.document import Chart, Figure
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.outline import FigureSpec, Outline, SeriesSpec

#: Report field with the ids of the figures of choice that the office wants printed.
CHOSEN = "figures"


def chosen(report: Report, outline: Outline, spec: FigureSpec) -> bool:
    """Tell whether a figure is printed: always, or because the office wants it."""
    wanted = report.fields.get(CHOSEN)
    on_choice = spec.choice or outline.figures_on_choice
    return not on_choice or (isinstance(wanted, list) and spec.id in wanted)


def build_figure(spec: FigureSpec, number: int, facts: Facts) -> Figure | None:
    """Return a figure, None when there is nothing to show; what cannot be stated is left out of it."""
    categories, series = _columns(spec, facts)
    if not categories or not any(any(values) for _, values in series):
        return None
    year = facts.report.year
    names = {"year": year, "last": year - 1, "n": number}
    chart = Chart(spec.kind, spec.title.format(**names), "万元", categories, series)
    return Figure(spec.id, spec.caption.format(**names), chart)


def _columns(spec: FigureSpec, facts: Facts) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    year = facts.report.year
    names = {"year": year, "last": year - 1, "y2": year - 2, "y3": year - 3, "y4": year - 4}
    if spec.series[0].each:
        return _per_fact(spec, facts)
    rows = [[facts.find(i) for i in s.facts] for s in spec.series]
    kept = [i for i in range(len(spec.categories)) if all(i < len(r) and _known(r[i]) for r in rows)]
    categories = tuple(spec.categories[i].format(**names) for i in kept)
    return categories, tuple(
        (s.name.format(**names), tuple(_amount(r[i]) for i in kept)) for s, r in zip(spec.series, rows, strict=True)
    )


def _per_fact(spec: FigureSpec, facts: Facts) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    middles = list(dict.fromkeys(m for s in spec.series for m in _middles(s, facts)))
    columns = {m: [facts.find(_id(s, m)) for s in spec.series] for m in middles}
    shown = [m for m in middles if any(f is not None and f.quantity for f in columns[m])]
    labels = tuple(_label(columns[m]) for m in shown)
    series = tuple((s.name, tuple(_amount(columns[m][at]) for m in shown)) for at, s in enumerate(spec.series))
    return labels, series


def _middles(series: SeriesSpec, facts: Facts) -> Iterator[str]:
    head, _, tail = series.each.partition("*")
    for fact_id in facts.ids_like(head, tail):
        middle = fact_id[len(head) : len(fact_id) - len(tail)]
        if middle and not set(".[]") & set(middle):
            yield middle


def _id(series: SeriesSpec, middle: str) -> str:
    return series.each.replace("*", middle)


def _label(found: list[Fact | None]) -> str:
    # The shortest name is that of the thing itself, the others say what of it (预算数).
    return min((f.label for f in found if f is not None), key=len).removesuffix("（类）")


def _known(fact: Fact | None) -> bool:
    return fact is not None and fact.known


def _amount(fact: Fact | None) -> int:
    return int(fact.quantity) if fact is not None else 0
