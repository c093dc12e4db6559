"""The fixtures of the window."""

from tests.gui.window.conftest import empty, opened, sample, settings, window

__all__ = ["empty", "opened", "sample", "settings", "window"]
