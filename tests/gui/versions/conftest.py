"""A window on a copy of the sample, as for the tests of the window itself."""

from tests.gui.window.conftest import empty, no_dialogs, opened, sample, settings, window

__all__ = ["empty", "no_dialogs", "opened", "sample", "settings", "window"]
