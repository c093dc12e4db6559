"""When Python looks for unreachable cycles: not while a report is built, which is large and makes hardly any.

With the settings Python starts with, every ten thousand findings or cells make it walk over the whole report again.
The window has a way of its own, ``gui.collector``.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not collect while something is built that stays; what was set before counts again afterwards."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            # What was built counts as old at once: walking over all of it now would find nothing either.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
