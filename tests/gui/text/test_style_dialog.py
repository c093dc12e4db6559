"""The style of text and figures: chosen in a dialog, seen in the text at once, undone in one step."""

from __future__ import annotations

import pytest

from desktopapp import jobs
from desktopapp.core.commands import SetField
from desktopapp.gui.text.lines import place_words
from desktopapp.gui.text.style_dialog import StyleDialog
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.narrative.document import Figure, Text
from tests.gui.window.conftest import document_of


def _words(window: MainWindow) -> str:
    return "".join(p.plain for p in document_of(window).text.narrative.pieces("total") if isinstance(p, Text))


def _figures(window: MainWindow) -> list[str]:
    return [b.id for b in jobs.document_of(document_of(window).report).blocks if isinstance(b, Figure)]


def test_numbers_are_written_as_chosen_and_undo_brings_the_old_ones_back(opened: MainWindow) -> None:
    assert "12,938.5 万元" in _words(opened).replace("万元", " 万元").replace("  ", " ")
    dialog = StyleDialog(document_of(opened), opened)
    dialog.separators.setChecked(False)
    dialog.trim_amounts.setChecked(False)
    assert "12938.50" in dialog._example.text()
    dialog.save()
    assert "12938.50" in _words(opened)
    document_of(opened).undo()
    assert "12,938.5" in _words(opened) and "12938.50" not in _words(opened)


def test_nothing_is_kept_that_the_template_says_anyway(opened: MainWindow) -> None:
    assert StyleDialog(document_of(opened), opened).commands() == []
    dialog = StyleDialog(document_of(opened), opened)
    combo = dialog.options["zero_cars"]
    combo.setCurrentIndex(combo.findData("show"))
    dialog.save()
    assert document_of(opened).report.fields["option.zero_cars"] == "show"
    dialog = StyleDialog(document_of(opened), opened)
    dialog.options["zero_cars"].setCurrentIndex(combo.findData("hide"))
    dialog.save()
    assert "option.zero_cars" not in document_of(opened).report.fields


def test_figures_of_choice_are_printed_when_wanted_and_there_is_something_to_show(opened: MainWindow) -> None:
    document = document_of(opened)
    assert "trend" not in _figures(opened)
    dialog = StyleDialog(document, opened)
    assert set(dialog.figures) == {"trend", "classes"}
    dialog.figures["trend"].setChecked(True)
    dialog.save()
    past = {
        "2": {"income": 1_100_000_000, "expense": 1_100_000_000},
        "3": {"income": 900_000_000, "expense": 900_000_000},
    }
    document.apply(SetField("input.trend", past))
    assert "trend" in _figures(opened)
    assert "classes" not in _figures(opened)


def test_a_report_opened_for_reading_is_only_shown(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of(opened)
    monkeypatch.setattr(type(document.file), "read_only", True)
    dialog = StyleDialog(document, opened)
    assert not dialog.separators.isEnabled() and not dialog.options["zero_cars"].isEnabled()


def test_the_place_of_a_figure_of_choice_says_so(opened: MainWindow) -> None:
    outline = document_of(opened).text.outline
    assert place_words("figure", "trend", outline) == "【图　近年收入、支出总计（选印）】"
    assert place_words("figure", "total", outline) == "【图　收入、支出总计】"
