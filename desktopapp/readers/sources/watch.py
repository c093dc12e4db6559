"""Progress and cancellation, passed down to every reader."""

from __future__ import annotations

from collections.abc import Callable

from .errors import ReadingCancelled

Progress = Callable[[float, str], None]
Cancelled = Callable[[], bool]


class Watch:
    """Reports progress (a fraction from 0 to 1 and a Chinese phrase) and stops when the user cancels."""

    __slots__ = ("_cancelled", "_progress")

    def __init__(self, progress: Progress | None = None, cancelled: Cancelled | None = None) -> None:
        self._progress = progress
        self._cancelled = cancelled

    def check(self) -> None:
        """Raise ReadingCancelled when the user has cancelled."""
        if self._cancelled is not None and self._cancelled():
            raise ReadingCancelled("已取消读取，没有导入任何内容。")

    def step(self, fraction: float, what: str) -> None:
        """Report that `fraction` of the work is done."""
        self.check()
        if self._progress is not None:
            self._progress(min(max(fraction, 0.0), 1.0), what)
