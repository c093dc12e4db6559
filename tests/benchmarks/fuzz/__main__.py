"""Run the fuzzers: ``python -m tests.benchmarks.fuzz [--seconds 600] [--jobs 1] [target …]``.

Every input has a number; ``--replay NUMBER target`` feeds that one again. What is found is printed as it comes, and
the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from tests.benchmarks.fuzz.corpus import build
from tests.benchmarks.fuzz.targets import TARGETS
from tests.benchmarks.fuzz.worker import Found, run

#: Seconds without a sign of life, after which a worker is taken for hung outside Python.
_SILENCE = 240


def main() -> int:
    """Run all or the named targets; 1 when something was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--replay", type=int)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    corpus = build()
    if options.replay is not None:
        return _replay(options.targets[0], TARGETS[options.targets[0]].seeds(corpus), options.replay)
    with ThreadPoolExecutor(options.jobs) as pool:
        work = [
            pool.submit(campaign, name, TARGETS[name].seeds(corpus), options.seconds, options.first)
            for name in options.targets
        ]
        found = sum(len(job.result()) for job in work)
    print(f"found: {found}")
    return 1 if found else 0


def campaign(name: str, seeds: list[bytes], seconds: float, first: int = 0) -> list[Found]:
    """Fuzz one target for some seconds; a process that dies is replaced and its input noted."""
    until = monotonic() + seconds
    found: list[Found] = []
    fed = taken = 0
    context = mp.get_context("spawn")  # a fresh process: no state of ours in the way
    while monotonic() < until:
        ours, theirs = context.Pipe(duplex=False)
        at = context.Value("q", first)
        worker = context.Process(target=run, args=(name, seeds, first, until, at, theirs))
        worker.start()
        theirs.close()
        done = None
        try:
            while done is None:
                if not ours.poll(_SILENCE) and not (worker.is_alive() and at.value != first):
                    break
                message = ours.recv() if ours.poll(0) else None
                if isinstance(message, Found):
                    found.append(message)
                    print(f"-- {name} {message.number}\n{message.what}", flush=True)
                elif message is not None:
                    done = message
        except EOFError:
            pass
        if done is None:
            worker.kill()
            worker.join()
            found.append(Found(name, at.value, f"the process ended with {worker.exitcode}"))
            print(f"-- {name} {at.value}: the process ended with {worker.exitcode}", flush=True)
            fed, first = fed + at.value - first, at.value + 1
            continue
        worker.join()
        fed, taken, first = fed + done[0], taken + done[1], first + done[0]
    print(f"{name}: {fed} inputs, {taken} taken, {len(found)} found", flush=True)
    return found


def _replay(name: str, seeds: list[bytes], number: int) -> int:
    data = TARGETS[name].make(seeds, random.Random(f"{name}{number}"))
    with tempfile.TemporaryDirectory() as folder:
        Path(tempfile.gettempdir(), f"fuzz-{name}-{number}").write_bytes(data)
        print("taken" if TARGETS[name].feed(data, Path(folder)) else "refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
