"""Coordinates of a PDF page: user space (y up), the page as displayed, and the way the text is read (y down)."""

from __future__ import annotations

from dataclasses import dataclass

from .model import Box


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns user space into reading space, in points from the top left corner.

    `shown` is the clockwise rotation with which the page is displayed, `turn` the one that makes its text upright; they
    differ where a landscape form was drawn sideways on an upright page.
    """

    left: float
    bottom: float
    right: float
    top: float
    shown: int = 0
    turn: int = 0

    @property
    def width(self) -> float:
        """Width in reading space."""
        return self.right - self.left if self.turn % 180 == 0 else self.top - self.bottom

    @property
    def height(self) -> float:
        """Height in reading space."""
        return self.top - self.bottom if self.turn % 180 == 0 else self.right - self.left

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of user space in reading space."""
        return self._turned(x, y, self.turn)

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a rectangle of user space in reading space (left, top, right, bottom)."""
        x0, y0 = self._turned(left, bottom, self.turn)
        x1, y1 = self._turned(right, top, self.turn)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def displayed(self, box: Box) -> Box:
        """Return a rectangle of reading space as a rectangle on the displayed page, rounded to 0.1 point."""
        if self.turn == self.shown:
            return round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1)
        x0, y0 = self._turned(*self._user(box[0], box[1]), self.shown)
        x1, y1 = self._turned(*self._user(box[2], box[3]), self.shown)
        return round(min(x0, x1), 1), round(min(y0, y1), 1), round(max(x0, x1), 1), round(max(y0, y1), 1)

    def _turned(self, x: float, y: float, turn: int) -> tuple[float, float]:
        if turn == 0:
            return x - self.left, self.top - y
        if turn == 90:
            return y - self.bottom, x - self.left
        if turn == 180:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def _user(self, x: float, y: float) -> tuple[float, float]:
        if self.turn == 0:
            return x + self.left, self.top - y
        if self.turn == 90:
            return y + self.left, x + self.bottom
        if self.turn == 180:
            return self.right - x, y + self.bottom
        return self.right - y, self.top - x
