"""What the window and the command line share: every failure is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp import jobs
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Severity
from desktopapp.core.relations import rule_book
from desktopapp.core.template import Cell
from desktopapp.writers.json_writer import report_json, report_json_text
from tests.core.actions import state
from tests.generators import exact_report, the_template


def sentence(error: pytest.ExceptionInfo[jobs.UserError]) -> str:
    text = str(error.value)
    assert text.endswith("。")
    return text


class TestTemplates:
    def test_every_template_is_offered_and_loads(self) -> None:
        assert {"hubei-2023", "hubei-2024"} <= set(jobs.template_ids())
        for template_id in jobs.template_ids():
            assert jobs.get_template(template_id).id == template_id

    @pytest.mark.parametrize("template_id", ["", "nowhere", "../templates/hubei-2023", "common", "hubei-2023/"])
    def test_others_are_refused_with_those_there_are(self, template_id: str) -> None:
        with pytest.raises(jobs.UserError, match="没有模板") as error:
            jobs.get_template(template_id)
        assert "hubei-2023、hubei-2024" in sentence(error)

    def test_a_malformed_one_is_refused_in_words(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tmp_path / "templates" / "new-2025"
        (folder / "forms").mkdir(parents=True)
        (folder / "template.toml").write_text('id = "new-2025"\nyear = "2025"\n', encoding="utf-8")
        monkeypatch.setattr(jobs.base, "template_root", lambda: tmp_path / "templates")
        with pytest.raises(jobs.UserError, match=r"模板文件 new-2025/template\.toml 的“.*”有误") as error:
            jobs.get_template("new-2025")
        sentence(error)

    def test_the_template_of_a_later_year(self) -> None:
        last = jobs.get_template("hubei-2023")
        assert jobs.template_for(last, 2023) == "hubei-2023"
        assert jobs.template_for(last, 2024) == "hubei-2024"
        assert jobs.template_for(last, 2030) == "hubei-2024"


class TestStart:
    def test_a_new_report_computes_itself(self) -> None:
        report = jobs.start_report("hubei-2024", 2024, "某局")
        assert (report.template.id, report.year, report.department) == ("hubei-2024", 2024, "某局")
        engine = Engine(report, rule_book(report.template))
        assert report.auto == set(engine.computable())
        assert Cell("04", "grand_expense", "fund") in report.auto

    @pytest.mark.parametrize("year", [0, 23, 1999, 2101, 20240])
    def test_a_year_that_is_none(self, year: int) -> None:
        with pytest.raises(jobs.UserError, match=f"年度 {year} 不对") as error:
            jobs.start_report("hubei-2024", year, "某局")
        sentence(error)


class TestImport:
    def test_json_in_another_template(self, tmp_path: Path) -> None:
        report = exact_report(1, the_template(), 20, last_year=False)
        path = tmp_path / "报表.json"
        path.write_text(report_json_text(report), encoding="utf-8")
        moved = jobs.import_any(path, "hubei-2024", 2024).report
        assert (moved.template.id, moved.year) == ("hubei-2024", 2024)
        assert moved.amounts == report.amounts

    def test_a_file_of_ours_gives_the_whole_report(self, tmp_path: Path) -> None:
        report = exact_report(2, the_template(), 20)
        path = tmp_path / "报表.juesuan"
        jobs.save_new(report, path)
        assert state(jobs.import_any(path).report) == state(report)

    @pytest.mark.parametrize("name", ["没有.json", "没有.juesuan", "没有.xlsx", "没有"])
    def test_what_is_not_there(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(jobs.UserError, match="找不到文件") as error:
            jobs.import_any(tmp_path / name)
        assert name in sentence(error)

    def test_a_year_that_is_none(self) -> None:
        with pytest.raises(jobs.UserError, match="年度 12 不对"):
            jobs.import_any(jobs.sample_path(), year=12)

    def test_the_sample(self) -> None:
        report = jobs.import_any(jobs.sample_path()).report
        assert report.template.id == "hubei-2023"
        assert report.department
        assert len(report.amounts) > 100


class TestSave:
    def test_nothing_is_replaced_unasked(self, tmp_path: Path) -> None:
        path = tmp_path / "报表.juesuan"
        jobs.save_new(exact_report(1, the_template(), 20), path)
        before = path.read_bytes()
        with pytest.raises(jobs.UserError, match="没有覆盖它") as error:
            jobs.save_new(exact_report(2, the_template(), 20), path)
        sentence(error)
        assert path.read_bytes() == before
        jobs.save_new(exact_report(2, the_template(), 20), path, overwrite=True)
        assert state(jobs.open_report(path)) == state(exact_report(2, the_template(), 20))

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(jobs.UserError, match="不存在，请先建立该文件夹") as error:
            jobs.save_new(exact_report(1, the_template(), 20), tmp_path / "没有" / "报表.juesuan")
        sentence(error)
        assert list(tmp_path.iterdir()) == []

    def test_json_is_written_aside(self, tmp_path: Path) -> None:
        report = exact_report(3, the_template(), 20)
        path = tmp_path / "报表.json"
        path.write_text("旧", encoding="utf-8")
        jobs.export_json(report, path)
        assert path.read_text(encoding="utf-8") == report_json_text(report)
        assert [p.name for p in tmp_path.iterdir()] == ["报表.json"]

    def test_a_failed_write_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "报表.json"
        path.write_text("旧", encoding="utf-8")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("desktopapp.writers.aside.os.fsync", full)
        with pytest.raises(jobs.UserError) as error:
            jobs.export_json(exact_report(3, the_template(), 20), path)
        sentence(error)
        assert path.read_text(encoding="utf-8") == "旧"
        assert [p.name for p in tmp_path.iterdir()] == ["报表.json"]


class TestCheck:
    def test_findings_and_their_json(self) -> None:
        report = jobs.import_any(jobs.sample_path()).report
        checker, findings = jobs.check_report(report)
        assert [f.severity for f in findings] == [Severity.ERROR] * 4
        assert len(jobs.findings_json(report, findings)["findings"]) == 4
        assert len(list(checker.open_relations())) == 4

    def test_checking_changes_nothing(self) -> None:
        report = exact_report(4, the_template(), 20)
        before, raw = state(report), report_json(report)
        jobs.check_report(report)
        assert state(report) == before
        assert report_json(report) == raw

    def test_catalogues_of_any_year(self) -> None:
        for year in (2000, 2019, 2024, 2100):
            assert jobs.get_catalogues(year).named("functional") is not None
