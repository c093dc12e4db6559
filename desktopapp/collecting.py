"""How often Python looks for unreachable cycles: seldom, since reports are large and make hardly any.

With the settings Python starts with, every ten thousand findings or cells make it walk over the whole report again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects after which the young ones are looked at, and how many such rounds the older ones wait.
_YOUNG, _MIDDLE, _OLD = 20_000, 20, 20


def collect_seldom() -> None:
    """Let the program collect seldom from now on, and leave what start-up made alone for good."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not collect while something is built that stays; what was set before counts again afterwards."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
