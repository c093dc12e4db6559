"""Draws the report's figures as SVG: bars, grouped bars, pies and lines that are readable in black and white too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape as escape_html
from math import ceil, cos, floor, log10, pi, sin

from desktopapp.core.amount import FEN_PER_WAN, Unit, format_number
from desktopapp.narrative.document import Chart
from desktopapp.writers.tables import UNPRINTABLE

#: Size of every picture in its own units.
WIDTH, HEIGHT = 580, 290
_FONT = "'SimSun','宋体','Noto Serif CJK SC','Noto Sans CJK SC',serif"
#: Fill of each series, and the pattern on it: dark to light, so that they differ without colour as well.
FILLS = ("#1f4e79", "#9dc3e6", "#548235", "#c5e0b4", "#bf9000", "#ffe699", "#7f7f7f", "#d9d9d9")
_PATTERNS = ("", "diagonal", "", "dots", "", "cross", "", "vertical")


def figure_svg(chart: Chart, name: str = "figure") -> str:
    """Return a chart as an SVG picture 580 × 290 units large; amounts in 分 are written in 万元.

    ``name`` sets its ids apart from those of other pictures on the same page.
    """
    drawers = {"bars": _bars, "grouped": _bars, "pie": _pie, "lines": _lines}
    # No id or reference of ours can stand in a text: quotes are escaped there.
    body = "".join(drawers[chart.kind](chart)).replace('"url(#', f'"url(#{name}-')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="{_FONT}" font-size="13" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(figure_words(chart))}</desc>{_patterns(name)}'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{body}</svg>'
    )


def figure_words(chart: Chart) -> str:
    """Return the chart in words, for those who do not see it."""
    parts = []
    for name, values in chart.series:
        told = "，".join(f"{c} {_shown(v)} 万元" for c, v in zip(chart.categories, values, strict=True))
        parts.append(f"{name}：{told}" if name else told)
    return "；".join(parts)


def escape(text: str) -> str:
    """Return a text as it stands in SVG."""
    return escape_html(text.translate(UNPRINTABLE))


def _shown(fen: int) -> str:
    return format_number(fen, Unit.WAN)


def _patterns(name: str) -> str:
    lines = {
        "diagonal": '<path d="M0 8 L8 0" stroke="#1f3b57" stroke-width="1"/>',
        "dots": '<circle cx="4" cy="4" r="1.2" fill="#3b5323"/>',
        "cross": '<path d="M0 0 L8 8 M0 8 L8 0" stroke="#7a5c00" stroke-width="0.8"/>',
        "vertical": '<path d="M4 0 L4 8" stroke="#444444" stroke-width="1"/>',
    }
    found = "".join(
        f'<pattern id="{name}-{key}" width="8" height="8" patternUnits="userSpaceOnUse">{shape}</pattern>'
        for key, shape in lines.items()
    )
    return f"<defs>{found}</defs>"


def _fill(shape: str, at: int) -> str:
    """Return a shape (without its closing) filled for series ``at``, with its pattern on top."""
    base = f'{shape} fill="{FILLS[at % len(FILLS)]}" stroke="#333333" stroke-width="0.6"/>'
    pattern = _PATTERNS[at % len(_PATTERNS)]
    return base + (f'{shape} fill="url(#{pattern})"/>' if pattern else "")


def _text(x: float, y: float, words: str, anchor: str = "middle", size: float = 13) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size:.4g}" fill="#222222">{escape(words)}</text>'


# ── bars and lines ──────────────────────────────────────────────────────────────────────────────────────────────────
_LEFT, _RIGHT, _TOP, _BOTTOM = 86, 20, 40, 44


@dataclass(frozen=True, slots=True)
class _Scale:
    """The axis of amounts in 万元: round numbers below the least and above the greatest value, and nought."""

    low: float
    top: float
    step: float

    def y(self, fen: int) -> float:
        """Return how far down an amount stands."""
        return HEIGHT - _BOTTOM - (fen / FEN_PER_WAN - self.low) / (self.top - self.low) * (HEIGHT - _BOTTOM - _TOP)


def _scale(chart: Chart) -> _Scale:
    amounts = [v for _, values in chart.series for v in values]
    most, least = max(0, *amounts, 0) / FEN_PER_WAN, min(0, *amounts, 0) / FEN_PER_WAN
    if most == least:
        return _Scale(0.0, 1.0, 1.0)
    raw = (most - least) * 1.08 / 5
    power = 10.0 ** floor(log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw)
    return _Scale(-step * ceil(-least * 1.08 / step), step * ceil(most * 1.08 / step), step)


def _axes(scale: _Scale) -> Iterator[str]:
    for at in range(round((scale.top - scale.low) / scale.step) + 1):
        value = scale.low + at * scale.step
        y = scale.y(round(value * FEN_PER_WAN))
        colour = "#444444" if abs(value) < scale.step / 2 else "#d0d0d0"
        ends = f'x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"'
        yield f'<line {ends} stroke="{colour}" stroke-width="0.8"/>'
        yield _text(_LEFT - 6, y + 4, f"{value:,.10g}", "end", 11)
    yield _text(_LEFT - 6, _TOP - 18, "万元", "end", 11)


def _legend(names: Sequence[str]) -> Iterator[str]:
    shown = [n for n in names if n]
    if len(shown) < 2:
        return
    x = WIDTH - _RIGHT - sum(26 + 13 * len(n) for n in shown)
    for at, name in enumerate(shown):
        yield _fill(f'<rect x="{x}" y="12" width="14" height="11"', at)
        yield _text(x + 18, 22, name, "start", 12)
        x += 26 + 13 * len(name)


def _bars(chart: Chart) -> Iterator[str]:
    scale = _scale(chart)
    yield from _axes(scale)
    yield from _legend([name for name, _ in chart.series])
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(chart.categories))
    each = min(64.0, slot * 0.7 / max(1, len(chart.series)))
    gap = min(2.0, each / 8)
    lone = len(chart.series) == 1 and len(chart.categories) <= 3
    for c, category in enumerate(chart.categories):
        middle = _LEFT + slot * (c + 0.5)
        start = middle - each * len(chart.series) / 2
        for s, (_, values) in enumerate(chart.series):
            value, x = values[c], start + each * s
            high, low = scale.y(max(0, value)), scale.y(min(0, value))
            box = f'x="{x + gap:.1f}" y="{high:.1f}" width="{each - 2 * gap:.1f}" height="{low - high:.1f}"'
            yield _fill(f"<rect {box}", c if lone else s)
            size = min(11.0, 2 * each / max(8, len(_shown(value))))
            yield _text(x + each / 2, high - 5 if value >= 0 else low + 12, _shown(value), size=size)
        yield from _label(middle, HEIGHT - _BOTTOM + 17, category, slot)


def _label(x: float, y: float, words: str, room: float) -> Iterator[str]:
    """Yield a category's label, in two lines where one is too long."""
    most = max(3, int(room / 12.5))
    if len(words) <= most:
        yield _text(x, y, words, size=12)
        return
    yield _text(x, y, words[:most], size=11)
    rest = words[most:]
    yield _text(x, y + 13, rest if len(rest) <= most else rest[: most - 1] + "…", size=11)


def _lines(chart: Chart) -> Iterator[str]:
    scale = _scale(chart)
    yield from _axes(scale)
    yield from _legend([name for name, _ in chart.series])
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(chart.categories))
    dashes = ("", "6 3", "2 3", "8 3 2 3")
    for s, (_, values) in enumerate(chart.series):
        points = [(_LEFT + slot * (c + 0.5), scale.y(v)) for c, v in enumerate(values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield (
            f'<polyline points="{path}" fill="none" stroke="{FILLS[(2 * s) % len(FILLS)]}" stroke-width="2" '
            f'stroke-dasharray="{dashes[s % len(dashes)]}"/>'
        )
        for (x, y), value in zip(points, values, strict=True):
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{FILLS[(2 * s) % len(FILLS)]}"/>'
            yield _text(x, y - 9, _shown(value), size=10)
    for c, category in enumerate(chart.categories):
        yield from _label(_LEFT + slot * (c + 0.5), HEIGHT - _BOTTOM + 17, category, slot)


# ── pies ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _pie(chart: Chart) -> Iterator[str]:
    values = [max(0, v) for v in chart.series[0][1]] if chart.series else []
    whole = sum(values)
    if not whole:
        yield _text(WIDTH / 2, HEIGHT / 2, "没有数据")
        return
    cx, cy, radius = 150.0, HEIGHT / 2, 115.0
    angle = -pi / 2
    for at, value in enumerate(values):
        if value == whole:
            yield _fill(f'<circle cx="{cx}" cy="{cy}" r="{radius}"', at)
        elif value:
            end = angle + 2 * pi * value / whole
            yield _fill(_slice(cx, cy, radius, angle, end), at)
            angle = end
    yield from _pie_legend(chart.categories, values, whole)


def _slice(cx: float, cy: float, radius: float, start: float, end: float) -> str:
    large = 1 if end - start > pi else 0
    x1, y1, x2, y2 = cx + radius * cos(start), cy + radius * sin(start), cx + radius * cos(end), cy + radius * sin(end)
    return f'<path d="M{cx:.1f} {cy:.1f} L{x1:.2f} {y1:.2f} A{radius:.1f} {radius:.1f} 0 {large} 1 {x2:.2f} {y2:.2f} Z"'


def _pie_legend(names: Sequence[str], values: Sequence[int], whole: int) -> Iterator[str]:
    """Yield the slices' names with amount and share to the right of the pie, in smaller type when there are many."""
    shown = [(at, n, v) for at, (n, v) in enumerate(zip(names, values, strict=True)) if v]
    pitch = min(24.0, (HEIGHT - 16) / len(shown))
    size = min(12.0, pitch * 0.72)
    y = HEIGHT / 2 - pitch * (len(shown) - 1) / 2 + size * 0.36
    for at, name, value in shown:
        yield _fill(f'<rect x="292" y="{y - size * 0.86:.1f}" width="16" height="{size:.1f}"', at)
        tenths = (value * 2000 + whole) // (2 * whole)
        amount = f"{_shown(value)} 万元　{tenths // 10}.{tenths % 10}%"
        room = (WIDTH - 10 - 314 - len(amount) * size * 0.62) / size
        yield _text(314, y, name if len(name) <= room else name[: max(1, int(room) - 1)] + "…", "start", size)
        yield _text(WIDTH - 10, y, amount, "end", size)
        y += pitch
