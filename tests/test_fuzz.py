"""A little of the long fuzzing runs (tests/benchmarks/fuzz): broken input is used or refused in words, never more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.benchmarks.fuzz.corpus import Corpus, build
from tests.benchmarks.fuzz.targets import TARGETS

_INPUTS = {"amount": 400, "expression": 400, "clipboard": 40, "template": 4, "scores": 150}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Return sound inputs of every kind."""
    return build(small=True)


@pytest.mark.parametrize("name", _INPUTS)
def test_broken_input_is_used_or_refused_in_words(
    qapp: QApplication, corpus: Corpus, tmp_path: Path, name: str
) -> None:
    target = TARGETS[name]
    seeds = target.seeds(corpus)
    # Whatever is wrong with an outcome is raised where it is fed.
    outcomes = {
        target.feed(target.make(seeds, random.Random(f"{name}{number}")), tmp_path) for number in range(_INPUTS[name])
    }
    assert True in outcomes, "all were refused: the inputs are too broken to show anything"
