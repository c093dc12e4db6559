"""Figures as pictures of 300 dots per inch, for documents that take no SVG."""

from __future__ import annotations

from desktopapp.narrative.document import Chart
from desktopapp.writers.figure_svg import figure_svg

_PAGE = (
    "#set page(width: 150mm, height: 75mm, margin: 0mm)\n"
    '#image(bytes(sys.inputs.at("svg")), format: "svg", width: 100%, height: 100%)'
)


def figure_png(chart: Chart, ppi: float = 300.0) -> bytes:
    """Return a chart as PNG, 150 mm wide."""
    import typst

    made: bytes = typst.compile(_PAGE.encode(), format="png", ppi=ppi, sys_inputs={"svg": figure_svg(chart)})
    return made
