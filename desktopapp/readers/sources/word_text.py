"""The visible text of a Word paragraph: without deleted, hidden and instruction text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from .limits import MAX_DEPTH
from .word_styles import value_of
from .xmltools import Element, attribute, child, local_name

_SKIPPED_NAMES: Final = (
    "del moveFrom delText instrText delInstrText pPr rPr sdtPr sdtEndPr rt footnoteReference "
    "endnoteReference annotationRef commentReference OLEObject object"
)
SKIPPED: Final = frozenset(_SKIPPED_NAMES.split())
_BOXES: Final = ("drawing", "pict")
_MARKS: Final = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}


@dataclass(slots=True)
class Collected:
    """Text of one paragraph, text boxes anchored in it, and page breaks before and inside it."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    breaks_before: int = 0
    breaks_inside: int = 0

    def break_page(self) -> None:
        """Count a page break at this place."""
        if any(part.strip() for part in self.parts):
            self.breaks_inside += 1
        else:
            self.breaks_before += 1


def collect(paragraph: Element, rendered_breaks: bool) -> Collected:
    """Return what a paragraph shows; `rendered_breaks`: the document records where its pages broke."""
    found = Collected()
    _walk(paragraph, found, rendered_breaks, 0)
    return found


def _walk(element: Element, found: Collected, rendered: bool, depth: int) -> None:
    if depth > MAX_DEPTH:
        return
    for inner in element:
        name = local_name(inner)
        if name in SKIPPED or not name or (name == "r" and _is_hidden(inner)):
            continue
        if name in _BOXES:
            found.boxes.extend(_text_boxes(inner))
        elif name in ("br", "cr"):
            _add_break(inner, found, rendered)
        elif name == "lastRenderedPageBreak":
            found.break_page()
        elif name in _MARKS:
            found.parts.append(_MARKS[name])
        elif name == "t":
            found.parts.append(inner.text or "")
        else:
            chosen = _alternative(inner) if name == "AlternateContent" else inner
            if chosen is not None:
                _walk(chosen, found, rendered, depth + 1)


def _alternative(element: Element) -> Element | None:
    """Return one of the renderings that a writer offers for different versions of Word."""
    chosen = child(element, "Choice")
    return chosen if chosen is not None else child(element, "Fallback")


def _add_break(element: Element, found: Collected, rendered: bool) -> None:
    if attribute(element, "type") in ("page", "column"):
        if not rendered and attribute(element, "type") == "page":
            found.break_page()
    else:
        found.parts.append("\n")


def _is_hidden(run: Element) -> bool:
    properties = child(run, "rPr")
    if properties is None or child(properties, "vanish") is None:
        return False
    return value_of(properties, "vanish") not in ("0", "false", "off")


def _text_boxes(drawing: Element) -> Iterator[Element]:
    """Yield the outermost text boxes of a drawing, once each although Word writes them twice."""
    boxes = [element for element in drawing.iter() if local_name(element) == "txbxContent"]
    for box in boxes:
        above = [local_name(element) for element in box.iterancestors()]
        inside = above[: above.index(local_name(drawing))] if local_name(drawing) in above else above
        if "txbxContent" not in inside and "Fallback" not in inside:
            yield box
