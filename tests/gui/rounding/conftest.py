"""The window of the other window tests."""

from tests.gui.window.conftest import empty, no_dialogs, opened, sample, settings, window

__all__ = ["empty", "no_dialogs", "opened", "sample", "settings", "window"]
