"""Drawn lines of a PDF page: strokes, thin filled rectangles, dots, thin pictures; merged into whole rules."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .limits import MAX_PAGE_PATHS
from .pdf_frame import Frame

THIN: Final = 3.6
"""A filled shape up to this many points thick is a rule, a thicker one is shading."""
_STRAIGHT: Final = 1.0
_SAME_RULE: Final = 2.0
_DOT_GAP: Final = 6.0
_SHORTEST: Final = 5.5
_WHITE: Final = 250
_MAX_NESTING: Final = 8
_MAX_SEGMENTS: Final = 5_000

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule in reading space: `at` is its y (horizontal) or x (vertical), `start` to `end` its extent."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """Length in points."""
        return self.end - self.start


@dataclass(slots=True)
class PageRules:
    """The rules of a page, the edges of its shaded areas, and how much of it pictures cover (0 to 1)."""

    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    shade_horizontal: list[Rule] = field(default_factory=list)
    shade_vertical: list[Rule] = field(default_factory=list)
    picture_share: float = 0.0
    pictures: int = 0
    overfull: bool = False


class _Collector:
    """Walks over the page objects, also those inside form objects."""

    def __init__(self, raw: Any, frame: Frame) -> None:
        self.raw = raw
        self.frame = frame
        self.rules = PageRules()
        self.seen = 0
        self._matrix = raw.FS_MATRIX()
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._colour = tuple(ctypes.c_uint() for _ in range(4))

    def page(self, page: Any) -> None:
        """Collect from all objects of a page."""
        for index in range(self.raw.FPDFPage_CountObjects(page)):
            self._object(self.raw.FPDFPage_GetObject(page, index), _IDENTITY, 0)
            if self.rules.overfull:
                return

    def _object(self, item: Any, outer: Matrix, depth: int) -> None:
        kind = self.raw.FPDFPageObj_GetType(item)
        if kind == self.raw.FPDF_PAGEOBJ_PATH:
            self.seen += 1
            self.rules.overfull = self.seen > MAX_PAGE_PATHS
            self._path(item, outer)
        elif kind == self.raw.FPDF_PAGEOBJ_IMAGE:
            self._picture(item, outer)
        elif kind == self.raw.FPDF_PAGEOBJ_FORM and depth < _MAX_NESTING:
            inner = _times(self._matrix_of(item), outer)
            for index in range(self.raw.FPDFFormObj_CountObjects(item)):
                self._object(self.raw.FPDFFormObj_GetObject(item, index), inner, depth + 1)
                if self.rules.overfull:
                    return

    def _matrix_of(self, item: Any) -> Matrix:
        if not self.raw.FPDFPageObj_GetMatrix(item, self._matrix):
            return _IDENTITY
        found = self._matrix
        return found.a, found.b, found.c, found.d, found.e, found.f

    def _picture(self, item: Any, outer: Matrix) -> None:
        matrix = _times(self._matrix_of(item), outer)
        corners = [self._at(matrix, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        if min(right - left, bottom - top) <= THIN:
            self._shape(corners)
            return
        width = min(right, self.frame.width) - max(left, 0)
        height = min(bottom, self.frame.height) - max(top, 0)
        if width > 0 and height > 0:
            self.rules.pictures += 1
            self.rules.picture_share += width * height / (self.frame.width * self.frame.height)

    def _at(self, matrix: Matrix, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = matrix
        return self.frame.point(a * x + c * y + e, b * x + d * y + f)

    def _path(self, item: Any, outer: Matrix) -> None:
        raw = self.raw
        count = raw.FPDFPath_CountSegments(item)
        if count < 2 or count > _MAX_SEGMENTS:
            return
        raw.FPDFPath_GetDrawMode(item, self._fill, self._stroke)
        stroked = bool(self._stroke.value) and self._visible(item, raw.FPDFPageObj_GetStrokeColor)
        filled = bool(self._fill.value) and self._visible(item, raw.FPDFPageObj_GetFillColor)
        if not stroked and not filled:
            return
        matrix = _times(self._matrix_of(item), outer)
        for points, straight in self._figures(item, count, matrix):
            if stroked:
                self._strokes(points, straight)
            elif all(straight):
                self._shape(points)

    def _visible(self, item: Any, colour_of: Any) -> bool:
        """Tell whether a colour can be seen on white paper; an unknown colour (a pattern) counts as visible."""
        red, green, blue, alpha = self._colour
        if not colour_of(item, red, green, blue, alpha):
            return True
        return alpha.value > 8 and min(red.value, green.value, blue.value) < _WHITE

    def _figures(self, item: Any, count: int, matrix: Matrix) -> Iterable[tuple[list[tuple[float, float]], list[bool]]]:
        """Yield each figure of a path: its points, and for each step whether it is a straight line."""
        raw = self.raw
        points: list[tuple[float, float]] = []
        straight: list[bool] = []
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            raw.FPDFPathSegment_GetPoint(segment, self._x, self._y)
            point = self._at(matrix, self._x.value, self._y.value)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                if len(points) > 1:
                    yield points, straight
                points, straight = [point], []
                continue
            points.append(point)
            straight.append(kind == raw.FPDF_SEGMENT_LINETO)
            if raw.FPDFPathSegment_GetClose(segment) and points[0] != point:
                points.append(points[0])
                straight.append(True)
        if len(points) > 1:
            yield points, straight

    def _strokes(self, points: list[tuple[float, float]], straight: list[bool]) -> None:
        for (x0, y0), (x1, y1), line in zip(points, points[1:], straight, strict=False):
            if line:
                self._add(x0, y0, x1, y1)

    def _shape(self, points: list[tuple[float, float]]) -> None:
        """Take a thin filled shape as the rule along its longer side; a dot may belong to either direction."""
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        if bottom - top > THIN and right - left > THIN:
            self._shade(left, top, right, bottom)
        if bottom - top <= THIN:
            self._add(left, (top + bottom) / 2, right, (top + bottom) / 2)
        if right - left <= THIN:
            self._add((left + right) / 2, top, (left + right) / 2, bottom)

    def _shade(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep the edges of a shaded area: tables without any rule may show their cells by shading alone."""
        if right - left > 0.9 * self.frame.width and bottom - top > 0.5 * self.frame.height:
            return
        self.rules.shade_horizontal.extend(Rule(y, left, right) for y in (top, bottom))
        self.rules.shade_vertical.extend(Rule(x, top, bottom) for x in (left, right))

    def _add(self, x0: float, y0: float, x1: float, y1: float) -> None:
        wide, high = self.frame.width, self.frame.height
        if max(x0, x1) < -5 or min(x0, x1) > wide + 5 or max(y0, y1) < -5 or min(y0, y1) > high + 5:
            return
        if abs(y1 - y0) <= _STRAIGHT:
            self.rules.horizontal.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        if abs(x1 - x0) <= _STRAIGHT:
            self.rules.vertical.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def read_rules(page: Any, raw: Any, frame: Frame) -> PageRules:
    """Return the rules of a page, pieces and dots merged; an overfull page (a map, a chart) gives none."""
    collector = _Collector(raw, frame)
    collector.page(page)
    rules = collector.rules
    if rules.overfull:
        return PageRules(picture_share=rules.picture_share, pictures=rules.pictures, overfull=True)
    rules.horizontal = merge_rules(rules.horizontal)
    rules.vertical = merge_rules(rules.vertical)
    rules.shade_horizontal = merge_rules(rules.shade_horizontal)
    rules.shade_vertical = merge_rules(rules.shade_vertical)
    return rules


def merge_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Join pieces on one line that touch or nearly touch; drop what stays too short to be a rule."""
    merged: list[Rule] = []
    group: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if group and rule.at - group[0].at > _SAME_RULE:
            merged.extend(_joined(group))
            group = []
        group.append(rule)
    merged.extend(_joined(group))
    return [rule for rule in merged if rule.length >= _SHORTEST]


def _joined(group: list[Rule]) -> list[Rule]:
    joined: list[Rule] = []
    weight = 0.0
    for rule in sorted(group, key=lambda rule: rule.start):
        length = max(rule.length, 0.1)
        if joined and rule.start <= joined[-1].end + _DOT_GAP:
            before = joined[-1]
            at = (before.at * weight + rule.at * length) / (weight + length)
            weight += length
            joined[-1] = Rule(at, before.start, max(before.end, rule.end))
        else:
            joined.append(rule)
            weight = length
    return joined
