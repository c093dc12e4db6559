"""A little of the long fuzzing run of report files (``python -m tests.benchmarks.fuzz report``)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from desktopapp.core.commands import CommandError, SetField, typed
from desktopapp.store.contents import LARGEST_CONTENT
from desktopapp.store.errors import StoreError, TemplateUnknownError, UnstorableError
from desktopapp.store.report_file import open_file
from desktopapp.store.tables import content_sum
from tests.store.breaking_files import broken_report
from tests.store.reports import PAY, WAN, load, make_file, reopen


def test_a_broken_file_is_used_or_refused_in_words_and_left_alone(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        file.apply(typed(PAY, 5 * WAN))
        file.apply(SetField("text.duties", "字" * 300))
    whole, taken = path.read_bytes(), 0
    for number in range(25):
        data = broken_report(whole, random.Random(number))
        path.write_bytes(data)
        try:
            with open_file(path, load, backup=False) as file:
                taken += 1
                file.history()
                try:
                    file.apply(typed(PAY, 6 * WAN))
                    file.undo()
                    file.undo()
                except (StoreError, CommandError) as error:
                    assert str(error).endswith("。")
        except StoreError as error:
            assert str(error).endswith("。") and len(str(error)) < 400
            assert path.read_bytes() == data, number
    assert 1 < taken < 24


def test_a_file_of_an_unknown_template_is_not_even_brought_up_to_date(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    data = path.read_bytes()

    def none(template_id: str) -> None:
        raise LookupError("没有这个模板。")

    with pytest.raises(TemplateUnknownError, match="没有这个模板"):
        open_file(path, none)  # type: ignore[arg-type]
    assert path.read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_contents_beyond_reason_are_refused_and_passed_over(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        with pytest.raises(UnstorableError):
            file.apply(SetField("text.duties", "x" * (LARGEST_CONTENT + 1)))
        assert file.report.fields["text.duties"] == "贯彻执行……"
        # From a program without this limit.
        file._db.execute("UPDATE fields SET value = ? WHERE key = 'list'", ('"' + "x" * LARGEST_CONTENT + '"',))
        file._db.execute("UPDATE journal SET total = ?", (content_sum(file._db),))
    with reopen(path) as file:
        assert "大得不合情理" in file.problems[0]
        assert "list" not in file.report.fields
        file.apply(typed(PAY, 6 * WAN))
    with reopen(path) as file:
        assert file._db.execute("SELECT length(value) FROM fields WHERE key = 'list'").fetchone()[0] > LARGEST_CONTENT
