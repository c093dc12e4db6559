"""Entry of the frozen program."""

from __future__ import annotations

import os
import sys


def restore_environment() -> None:
    """Undo what the frozen program's starter did to the library path.

    Programs that we start in turn (the file manager, a viewer) would otherwise load our libraries instead of their own.
    This process has read the variable already and needs it no more.
    """
    name = "LD_LIBRARY_PATH"
    before = os.environ.pop(f"{name}_ORIG", None)
    if before is not None:
        os.environ[name] = before
    elif getattr(sys, "frozen", False):
        os.environ.pop(name, None)


if __name__ == "__main__":
    restore_environment()
    from desktopapp.__main__ import main

    main()
