"""Fuzzing guided by coverage, where atheris is installed: ``python -m tests.benchmarks.fuzz.guided TARGET [SECONDS]``.

The fuzzer sees which lines of the program an input reaches and keeps the inputs that reach new ones. What it finds
ends the run with a traceback and leaves the input in the folder ``build/fuzz``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["desktopapp"]):
    # What the jobs load when they need it must be loaded here, or its lines are not seen.
    import desktopapp.readers.importer
    import desktopapp.writers.score_csv  # noqa: F401
    from tests.benchmarks.fuzz.corpus import build
    from tests.benchmarks.fuzz.targets import TARGETS


def main(name: str, seconds: int) -> None:
    """Fuzz one target for some seconds, starting from sound inputs; does not return."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    target = TARGETS[name]
    scratch = Path(tempfile.mkdtemp(prefix="guided-"))
    corpus, work = scratch / "corpus", scratch / "work"
    corpus.mkdir()
    work.mkdir()
    for number, seed in enumerate(target.seeds(build(small=True))):
        (corpus / str(number)).write_bytes(seed)
    found = Path("build", "fuzz")
    found.mkdir(parents=True, exist_ok=True)

    def feed(data: bytes) -> None:
        target.feed(data, work)

    limits = (f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2000", "-max_len=200000")
    atheris.Setup([sys.argv[0], str(corpus), *limits, f"-artifact_prefix={found}/{name}-"], feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 600)
