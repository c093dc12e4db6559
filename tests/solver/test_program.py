"""Integer programs: whole answers, proofs in whole numbers, cancelling."""

from __future__ import annotations

import subprocess
import sys

import pytest

from desktopapp.solver.program import Program, SolverCancelled


def test_the_least_whole_answer_is_found_where_the_relaxation_is_fractional() -> None:
    program = Program()
    a, b, c = (program.column() for _ in range(3))
    # An odd cycle: halves satisfy it at 1.5, whole numbers need 2.
    for pair in ((a, b), (b, c), (a, c)):
        program.row(1, None, [(k, 1) for k in pair])
    answer = program.minimise([10, 10, 10])
    assert answer is not None
    assert answer.objective == 20 and sum(answer.values) == 2 and answer.bound <= 20


def test_columns_that_no_best_answer_uses_are_idle() -> None:
    program = Program()
    cheap, dear, equal = (program.column() for _ in range(3))
    program.row(1, None, [(cheap, 1), (dear, 1), (equal, 1)])
    answer = program.minimise([1, 3, 1])
    assert answer is not None and answer.objective == 1
    assert dear in answer.idle and not {cheap, equal} & answer.idle


def test_rows_that_contradict_each_other_have_no_answer() -> None:
    program = Program()
    a, b = program.column(), program.column()
    program.row(1, 1, [(a, 1), (b, 1)])
    program.row(2, None, [(a, 1), (b, 1)])
    assert program.minimise([1, 1]) is None


def test_rows_without_whole_answers_have_no_answer() -> None:
    program = Program()
    a, b = program.column(), program.column()
    program.row(1, 1, [(a, 1), (b, 1)])
    program.row(0, 0, [(a, 1), (b, -1)])
    assert program.minimise([1, 1]) is None


def test_the_caller_can_stop() -> None:
    program = Program(lambda: True)
    program.row(1, 1, [(program.column(), 1)])
    with pytest.raises(SolverCancelled):
        program.minimise([1])


def test_the_solver_library_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, desktopapp.solver.rounding_solver, desktopapp.core.rounding;"
        "print('highspy' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
