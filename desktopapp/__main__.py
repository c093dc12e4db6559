"""``juesuan``: without a subcommand it opens the window, with one it is the command line."""

from __future__ import annotations

import sys
from pathlib import Path

_COMMANDS = frozenset({"check", "export", "import", "merge", "new", "round", "score", "--help", "--version"})


def main() -> None:
    """Open the window, or run the command line when the first word is one of its commands.

    ``juesuan`` opens the last report, ``juesuan FILE`` that file (so does a double click), ``juesuan --sample`` a copy
    of the bundled sample.
    """
    words = sys.argv[1:]
    if words and (words[0] in _COMMANDS or _is_slip(words[0])):
        from desktopapp.cli import main as command_line

        command_line(prog_name="juesuan")
        return
    from desktopapp.gui.app import path_of, run

    files = [w for w in words if not w.startswith("-")]
    sys.exit(run(path_of(files[0]) if files else None, sample="--sample" in words))


def _is_slip(word: str) -> bool:
    """Tell whether a word is neither an option nor a file, so that the command line should say so."""
    return not word.startswith(("-", "file:")) and "." not in word and not Path(word).exists()


if __name__ == "__main__":
    main()
