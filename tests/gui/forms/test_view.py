"""The form view as a whole: what it shows and where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.modeltest import ModelTester

from desktopapp.core.template import Cell
from desktopapp.gui.forms import FormView


@pytest.mark.parametrize("form_id", ["01", "02", "03", "04", "05", "06", "07", "08", "09", "S1", "last.03"])
def test_every_form_opens_and_its_model_is_sound(
    show: Callable[[str], FormView], form_id: str, qtmodeltester: ModelTester
) -> None:
    view = show(form_id)
    qtmodeltester.check(view.model)
    assert view.model.rowCount() >= 1
    assert not view.grab().isNull()


def test_the_first_amount_is_current(form03: FormView) -> None:
    assert form03.current_cell() == Cell("03", "total", "total")


def test_the_header_texts_come_from_the_layout(form03: FormView) -> None:
    assert form03.model.head_texts(3) == ["基本支出", "2"]
