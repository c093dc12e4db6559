"""Figures as pictures of 300 dots per inch, for documents that take no SVG."""

from __future__ import annotations

import json
from collections.abc import Sequence

from desktopapp.narrative.document import Chart
from desktopapp.writers.aside import WriteError
from desktopapp.writers.figure_svg import HEIGHT, WIDTH, figure_svg

#: Width in mm for which the dots are counted.
WIDTH_MM = 156
_PAGES = (
    f"#set page(width: {WIDTH_MM}mm, height: {WIDTH_MM * HEIGHT / WIDTH}mm, margin: 0mm)\n"
    '#for svg in json(bytes(sys.inputs.at("svg"))) [\n'
    '#page(image(bytes(svg), format: "svg", width: 100%, height: 100%))\n]'
)


def figure_pngs(charts: Sequence[Chart], ppi: float = 300.0) -> list[bytes]:
    """Return charts as PNG pictures, drawn in one go; raises WriteError when the typesetter fails."""
    if not charts:
        return []
    import typst

    pictures = json.dumps([figure_svg(chart) for chart in charts], ensure_ascii=False)
    try:
        made: bytes | list[bytes] = typst.compile(_PAGES.encode(), format="png", ppi=ppi, sys_inputs={"svg": pictures})
    except typst.TypstError as error:
        raise WriteError(f"图表绘制失败：{error}。请把这句话和日志发给维护人员。") from error
    return [made] if isinstance(made, bytes) else list(made)
