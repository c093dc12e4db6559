"""The command line: exit codes, the shape of its JSON, files that come back as they went, bad input in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktopapp import __version__, jobs
from desktopapp.cli import main
from desktopapp.core.commands import typed
from desktopapp.core.engine import Engine
from desktopapp.core.performance.selfeval import Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.relations import rule_book
from desktopapp.core.template import Cell
from desktopapp.narrative.selfeval_tables import FIELD
from desktopapp.writers.json_writer import report_json, report_json_text
from tests.generators import exact_report, published_report, the_template

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = str(jobs.sample_path())


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words], prog_name="juesuan")


def refused(result: Result) -> str:
    """Return the one sentence with which a command was refused."""
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("错误：")
    assert line.endswith("。")
    return line


def findings(result: Result) -> list[dict[str, Any]]:
    raw = json.loads(result.stdout)
    assert list(raw) == ["findings"]
    return list(raw["findings"])


@pytest.fixture
def consistent(tmp_path: Path) -> Path:
    """Return the JSON of a report without a finding."""
    path = tmp_path / "平衡.json"
    path.write_text(report_json_text(exact_report(1, the_template(), 20, last_year=False)), encoding="utf-8")
    assert run("check", path).exit_code == 0
    return path


class TestCheck:
    def test_people_are_told_names_and_programs_addresses(self, tmp_path: Path) -> None:
        report = exact_report(1, the_template(), 12, last_year=False)
        twice = Indicator("产出指标", "数量指标", "回访件数", "", 2000, "≥1000件", "900件", 1800)
        report.fields[FIELD] = [to_json(SelfEvaluation("department", Head("江城市数据局"), indicators=(twice, twice)))]
        path = tmp_path / "重复.juesuan"
        jobs.save_new(report, path)
        (told,) = [line for line in run("check", path).stdout.splitlines() if "重复" in line]
        assert told.startswith("[警告] “江城市数据局”：")
        places = [f["places"] for f in findings(run("check", path, "--format", "json")) if "重复" in f["message"]]
        assert places == [["selfeval/0/indicators/1/name"]]

    def test_errors_end_with_one(self) -> None:
        result = run("check", SAMPLE)
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        assert len(lines) == 5
        assert lines[0] == (
            "[错误] 公开01表 27行“本年收入合计”未填，应为 12,938.50 万元（本年收入合计＝各项收入之和）。"
        )
        assert lines[-1] == "共 4 个错误。"

    def test_without_errors_zero(self, consistent: Path) -> None:
        assert run("check", consistent).stdout.splitlines()[-1] == "没有发现问题。"
        raw = json.loads(consistent.read_text(encoding="utf-8"))
        raw["forms"]["03"]["rows"][0]["name"] = "另一个名称"
        consistent.write_text(json.dumps(raw), encoding="utf-8")
        result = run("check", consistent)
        assert result.exit_code == 0
        assert "[警告]" in result.stdout

    def test_json_has_the_documented_shape(self) -> None:
        result = run("check", SAMPLE, "--format", "json")
        assert result.exit_code == 1
        assert findings(result)[0] == {
            "rule": "01.income",
            "severity": "error",
            "kind": "row",
            "form": "01",
            "places": ["01.L27.c1", "01.L1.c1"],
            "expected": "12938.50",
            "found": "0.00",
            "difference": "-12938.50",
            "message": "公开01表 27行“本年收入合计”未填，应为 12,938.50 万元（本年收入合计＝各项收入之和）。",
        }
        for finding in findings(result):
            keys = ["rule", "severity", "kind", "form", "places", "expected", "found", "difference", "message"]
            assert list(finding)[:9] == keys
            assert finding["severity"] in ("error", "rounding", "warning", "info")

    def test_no_finding_is_an_empty_list(self, consistent: Path) -> None:
        result = run("check", consistent, "--format", "json")
        assert result.exit_code == 0
        assert findings(result) == []

    def test_the_same_findings_from_every_kind_of_file(self, tmp_path: Path) -> None:
        report = published_report(5, the_template(), 30, last_year=False)
        Engine(report, rule_book(report.template)).apply(typed(Cell("01", "income_total", "amount"), 10_000))
        source = tmp_path / "报表.json"
        source.write_text(report_json_text(report), encoding="utf-8")
        file = tmp_path / "报表.juesuan"
        assert run("import", source, "--out", file).exit_code == 0
        assert findings(run("check", file, "--format", "json")) == findings(run("check", source, "--format", "json"))


class TestThereAndBack:
    @pytest.mark.parametrize("seed", range(3))
    def test_json_through_a_file_of_ours(self, tmp_path: Path, seed: int) -> None:
        template = the_template(("hubei-2023", "hubei-2024", "shanghai-2024")[seed])
        report = (exact_report, published_report)[seed % 2](seed, template, 25, last_year=False)
        source, file, back = tmp_path / "去.json", tmp_path / "中.juesuan", tmp_path / "回.json"
        source.write_text(report_json_text(report), encoding="utf-8")
        result = run("import", source, "--out", file)
        assert result.exit_code == 0
        assert f"共 {len(report.amounts)} 个金额" in result.stdout
        assert run("export", file, "--json", back).exit_code == 0
        assert back.read_text(encoding="utf-8") == source.read_text(encoding="utf-8")

    def test_the_sample(self, tmp_path: Path) -> None:
        file = tmp_path / "样例.juesuan"
        assert run("import", SAMPLE, "--out", file).exit_code == 0
        result = run("export", file, "--json", "-")
        assert json.loads(result.stdout) == json.loads(Path(SAMPLE).read_text(encoding="utf-8"))

    @pytest.mark.parametrize("name", ["000", "001"])
    def test_expected_reports(self, shared_dir: Path, tmp_path: Path, name: str) -> None:
        source, file = shared_dir / "expected" / f"{name}.json", tmp_path / "报表.juesuan"
        assert run("import", source, "--out", file).exit_code == 0
        result = run("export", file, "--json", "-")
        assert json.loads(result.stdout) == report_json(jobs.import_json(source, None, None))

    def test_template_and_year_can_be_chosen(self, tmp_path: Path) -> None:
        file = tmp_path / "报表.juesuan"
        result = run("import", SAMPLE, "--out", file, "--template", "hubei-2024", "--year", "2025")
        assert result.exit_code == 0
        raw = json.loads(run("export", file, "--json", "-").stdout)
        assert (raw["template"], raw["year"]) == ("hubei-2024", 2025)
        lines = {e["label"]: e["values"] for e in raw["forms"]["01"]["lines"]}
        assert lines["总计"]["2"] == "12938.50"

    def test_a_workbook_of_all_forms(self, tmp_path: Path) -> None:
        path = tmp_path / "报表.xlsx"
        assert run("export", SAMPLE, "--xlsx", path).exit_code == 0
        assert path.stat().st_size > 5000
        assert path.read_bytes()[:2] == b"PK"

    def test_several_at_once(self, tmp_path: Path) -> None:
        xlsx, written = tmp_path / "报表.xlsx", tmp_path / "报表.json"
        result = run("export", SAMPLE, "--xlsx", xlsx, "--json", written)
        assert result.stdout.splitlines() == [f"已导出：{written}", f"已导出：{xlsx}"]


class TestNew:
    def test_an_empty_report_that_computes_itself(self, tmp_path: Path) -> None:
        file = tmp_path / "新.juesuan"
        result = run("new", "--template", "hubei-2024", "--year", "2024", "--department", "某局", "--out", file)
        assert result.exit_code == 0
        assert result.stdout == f"已新建 2024 年度报表：{file}\n"
        report = jobs.open_report(file)
        assert (report.department, report.year, report.amounts) == ("某局", 2024, {})
        assert Cell("01", "income_total", "amount") in report.auto

    def test_an_existing_file_is_not_replaced_unasked(self, tmp_path: Path) -> None:
        file = tmp_path / "新.juesuan"
        words = ("new", "--template", "hubei-2023", "--year", "2023", "--out", file)
        assert run(*words, "--department", "甲").exit_code == 0
        before = file.read_bytes()
        assert "已经存在，没有覆盖它" in refused(run(*words, "--department", "乙"))
        assert file.read_bytes() == before
        assert run(*words, "--department", "乙", "--overwrite").exit_code == 0
        assert jobs.open_report(file).department == "乙"


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


BAD_FILES = {
    "空.json": (b"", "不是合格的 JSON"),
    "残缺.json": (b'{"forms": {', "不是合格的 JSON"),
    "别的.json": (b'{"a": 1}', "没有报表（缺少 forms）"),
    "无模板.json": (b'{"forms": {}}', "没有模板“”，可用的模板有"),
    "坏模板.json": (b'{"template": ["x"], "forms": {}}', "没有模板"),
    "坏金额.json": (
        '{"template": "hubei-2023", "forms": {"09": {"values": {"1": "一万"}}}}'.encode(),
        "公开09表（row）：“一万”不是金额",
    ),
    "坏年度.json": (b'{"template": "hubei-2023", "year": 3, "forms": {}}', "年度“3”应是"),
    "空.juesuan": (b"", "“空.juesuan”"),
    "外来.juesuan": (b"SQLite format 3\x00" + bytes(84), "“外来.juesuan”"),
    "随机.juesuan": (bytes(range(256)) * 8, "“随机.juesuan”"),
    "空.xlsx": (b"", "空.xlsx"),
    "残缺.xlsx": (b"PK\x03\x04" + bytes(200), "残缺.xlsx"),
    "随机.bin": (bytes(range(256)) * 8, "随机.bin"),
}


class TestRefused:
    @pytest.mark.parametrize("name", BAD_FILES)
    def test_bad_files(self, tmp_path: Path, name: str) -> None:
        content, words = BAD_FILES[name]
        path, out = _write(tmp_path / name, content), tmp_path / "结果.juesuan"
        assert words in refused(run("check", path))
        assert words in refused(run("check", path, "--format", "json"))
        assert words in refused(run("import", path, "--out", out))
        assert words in refused(run("export", path, "--json", tmp_path / "结果.json"))
        # The file is as it was, and nothing has come beside it.
        assert path.read_bytes() == content
        assert [p.name for p in tmp_path.iterdir()] == [name]

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        assert "找不到文件" in refused(run("check", tmp_path / "没有.json"))
        assert "是文件夹" in refused(run("check", tmp_path))
        assert "文件夹" in refused(run("import", SAMPLE, "--out", tmp_path / "没有" / "新.juesuan"))
        assert "文件夹" in refused(run("export", SAMPLE, "--json", tmp_path / "没有" / "新.json"))
        assert "文件夹" in refused(run("export", SAMPLE, "--xlsx", tmp_path / "没有" / "新.xlsx"))
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_in_the_way(self, tmp_path: Path) -> None:
        folder = tmp_path / "占位.json"
        folder.mkdir()
        refused(run("export", SAMPLE, "--json", folder))
        assert [p.name for p in tmp_path.rglob("*")] == ["占位.json"]

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
    def test_a_folder_that_may_not_be_written(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        try:
            refused(run("import", SAMPLE, "--out", tmp_path / "新.juesuan"))
            refused(run("export", SAMPLE, "--json", tmp_path / "新.json"))
            assert list(tmp_path.iterdir()) == []
        finally:
            tmp_path.chmod(0o700)

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["check"], "命令行缺少 FILE"),
            (["import", SAMPLE], "命令行缺少 --out"),
            (["import", SAMPLE, "--out"], "选项 --out 的写法不对"),
            (["check", SAMPLE, "--format", "xml"], "命令行的 --format 只能是 text、json"),
            (["check", SAMPLE, "--formt", "json"], "没有选项 --formt"),
            (["check", SAMPLE, SAMPLE], "命令行写法不对"),
            (["--nonsense"], "没有选项 --nonsense"),
            (["chek", SAMPLE], "没有子命令“chek”，可用的有：check"),
            (["new", "--year", "abc"], "命令行的 --year 应是整数"),
            (["export", SAMPLE], "没有写明要导出成什么"),
            (["import", SAMPLE, "--out", "x.juesuan", "--template", "nowhere"], "没有模板“nowhere”，可用的模板有"),
            (["import", SAMPLE, "--out", "x.juesuan", "--year", "23"], "年度 23 不对，应在 2000 至 2100 之间"),
            (["new", "--template", "hubei-2023", "--year", "20233", "--out", "x.juesuan"], "年度 20233 不对"),
        ],
    )
    def test_slips_on_the_line(
        self, words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert sentence in refused(run(*words))
        assert list(tmp_path.iterdir()) == []


class TestHelp:
    @pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["import", "--help"], ["export", "--help"]])
    def test_in_chinese(self, words: list[str]) -> None:
        result = run(*words)
        assert result.exit_code == 0
        assert "用法：" in result.stdout
        for english in ("Usage", "Options", "Commands", "Show this", "required"):
            assert english not in result.stdout

    def test_version(self) -> None:
        result = run("--version")
        assert result.exit_code == 0
        assert result.stdout == f"决算公开编制 {__version__}\n"


class TestProcess:
    """Once for real: another process, its streams and its exit code."""

    def juesuan(self, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "desktopapp", *words]
        return subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False
        )

    def test_check_import_export(self, tmp_path: Path) -> None:
        done = self.juesuan("check", SAMPLE, "--format", "json", folder=tmp_path)
        assert (done.returncode, done.stderr) == (1, "")
        assert len(json.loads(done.stdout)["findings"]) == 4
        assert self.juesuan("import", SAMPLE, "--out", "报表.juesuan", folder=tmp_path).returncode == 0
        done = self.juesuan("export", "报表.juesuan", "--json", "-", folder=tmp_path)
        assert json.loads(done.stdout) == json.loads(Path(SAMPLE).read_text(encoding="utf-8"))
        assert [p.name for p in tmp_path.iterdir()] == ["报表.juesuan"]

    def test_bad_input(self, tmp_path: Path) -> None:
        done = self.juesuan("check", "没有.json", folder=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "错误：找不到文件“没有.json”，请检查文件名和文件夹。\n"
        # A word that is neither a command nor a file opens no window.
        done = self.juesuan("chekc", folder=tmp_path)
        assert done.returncode == 2
        assert "没有子命令“chekc”" in done.stderr

    def test_qt_is_not_needed(self, tmp_path: Path) -> None:
        program = (
            "import sys; sys.modules['PySide6'] = None; sys.argv = ['juesuan', 'check', sys.argv[1]]\n"
            "from desktopapp.__main__ import main; main()"
        )
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", program, SAMPLE], cwd=tmp_path, env=env, capture_output=True, check=False
        )
        assert done.returncode == 1, done.stderr.decode()
