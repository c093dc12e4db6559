"""``juesuan merge`` and passwords on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktopapp import jobs
from desktopapp.cli import main
from desktopapp.core.commands import InsertRow, SetField, typed
from desktopapp.core.performance.selfeval import Execution, FormKind, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.template import Cell
from desktopapp.store import cipher
from desktopapp.store.cipher import Secret, is_encrypted
from desktopapp.store.passwords import set_password
from desktopapp.store.report_file import create, open_file
from tests.store.reports import PAY, WAN, small_report

OTHER = Cell("02", "2010301", "fiscal")
FORM = SelfEvaluation(
    FormKind.PROJECT,
    Head("信息化项目"),
    Execution(5 * WAN, 4 * WAN),
    indicators=(Indicator("产出指标", "数量指标", "系统数量", target="3", actual="3"),),
)
needs_cipher = pytest.mark.skipif(not cipher.is_available(), reason="sqlcipher3 has no wheel for this computer")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cipher, "_ROUNDS", 10)
    monkeypatch.delenv("JUESUAN_PASSWORD", raising=False)


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A report, a colleague's copy, both worked on, and where a merge goes."""
    mine, theirs = tmp_path / "我的.juesuan", tmp_path / "李四.juesuan"
    report = small_report()
    report.fields["selfeval"] = [to_json(FORM)]
    create(mine, report, user="张三")
    with open_file(mine, jobs.get_template, user="张三") as file:
        file.save_copy(theirs)
        file.apply(typed(PAY, 84 * WAN))
        file.apply(SetField("input.items", [{"key": "2010301", "budget": 5 * WAN}]))
    with open_file(theirs, jobs.get_template, user="李四") as file:
        file.apply(typed(PAY, 85 * WAN))
        file.apply(typed(OTHER, 96 * WAN))
        file.apply(InsertRow("03", "2010399", "其他政府办公厅（室）及相关机构事务支出"))
        file.apply(SetField("input.items", [{"key": "2010301", "reason": "政策调整"}]))
        changed = to_json(FORM)
        changed["indicators"][0]["actual"] = "2"
        changed["execution"]["executed"] = 3 * WAN
        file.apply(SetField("selfeval", [changed]))
        file.apply(SetField("text.duties", "新的职责"))
    return mine, theirs, tmp_path / "合并.juesuan"


def run(*words: Any) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)


def test_conflicts_are_told_and_left(copies: tuple[Path, Path, Path]) -> None:
    mine, theirs, out = copies
    before = mine.read_bytes(), theirs.read_bytes()
    result = run("merge", mine, theirs, "--out", out)
    assert result.exit_code == 1
    assert "共同版本" in result.output and "李四改了 6 步" in result.output
    assert "取用 公开02表 2010301 行政运行 2栏“财政拨款收入”：95.00 → 96.00" in result.output
    assert "取用 公开03表 2010399 其他政府办公厅（室）及相关机构事务支出（整行）" in result.output
    assert "取用 情况说明 主要职责：贯彻执行…… → 新的职责" in result.output
    assert "取用 各科目预算数 2010301 行政运行 决算与预算差异的主要原因：（空） → 政策调整" in result.output
    assert "取用 绩效自评 信息化项目 执行数：4.00 万元 → 3.00 万元" in result.output
    assert "取用 绩效自评 信息化项目 系统数量 实际完成值：3 → 2" in result.output
    assert "冲突 公开03表 2010301 行政运行 2栏“基本支出”：这边 84.00（张三" in result.output
    assert "未决定，保留这边" in result.output
    assert (mine.read_bytes(), theirs.read_bytes()) == before
    with open_file(out, jobs.get_template) as file:
        assert (file.report.get(PAY), file.report.get(OTHER)) == (84 * WAN, 96 * WAN)
        assert file.report.fields["input.items"] == [{"key": "2010301", "budget": 5 * WAN, "reason": "政策调整"}]
        assert file.undo_label == "合并李四的修改（李四.juesuan）"
        file.undo()
        assert file.report.get(OTHER) == 95 * WAN


@pytest.mark.parametrize(("prefer", "amount"), [("mine", 84 * WAN), ("theirs", 85 * WAN)])
def test_preference_decides(copies: tuple[Path, Path, Path], prefer: str, amount: int) -> None:
    mine, theirs, out = copies
    result = run("merge", mine, theirs, "--out", out, "--prefer", prefer, "--format", "json")
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert found["undecided"] == 0 and found["base"]["their_steps"] == 6
    [conflict] = found["conflicts"]
    assert conflict["place"] == list(PAY) and conflict["decided"] == prefer
    assert (conflict["mine_by"]["user"], conflict["theirs_by"]["user"]) == ("张三", "李四")
    with open_file(out, jobs.get_template, read_only=True) as file:
        assert file.report.get(PAY) == amount
    # Merging the same copy into the result finds nothing more to do.
    again = run("merge", out, theirs, "--out", out.with_name("again.juesuan"), "--format", "json")
    assert again.exit_code == 0 and json.loads(again.output)["taken"] == []


def test_inputs_are_never_written(copies: tuple[Path, Path, Path]) -> None:
    mine, theirs, out = copies
    for target in (mine, theirs):
        result = run("merge", mine, theirs, "--out", target, "--overwrite")
        assert result.exit_code == 2 and "不能写到它上面" in result.stderr
    out.write_bytes(b"x")
    assert "已经存在" in run("merge", mine, theirs, "--out", out).stderr
    assert out.read_bytes() == b"x"
    assert run("merge", mine, theirs, "--out", out, "--overwrite", "--prefer", "mine").exit_code == 0
    assert "只有 .juesuan" in run("merge", mine, "a.xlsx", "--out", out).stderr
    assert "找不到" in run("merge", mine, "a.juesuan", "--out", out).stderr


def test_reports_without_a_common_past(copies: tuple[Path, Path, Path]) -> None:
    mine, theirs, out = copies
    report = jobs.open_report(theirs)
    create(theirs.with_name("x.juesuan"), report)
    result = run("merge", mine, theirs.with_name("x.juesuan"), "--out", out)
    assert result.exit_code == 1 and "没有共同的修改历史" in result.output


@needs_cipher
def test_passwords(copies: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs, out = copies
    word, other = tmp_path / "密码.txt", tmp_path / "同事密码.txt"
    word.write_text("﻿我的密码\r\n第二行", encoding="utf-8")
    other.write_text("别的", encoding="utf-8")
    set_password(mine, None, Secret("我的密码"))
    set_password(theirs, None, Secret("别的"))
    result = run("check", mine)
    assert result.exit_code == 2 and "设有密码" in result.stderr and "--password-file" in result.stderr
    result = run("check", mine, "--password-file", other)
    assert result.exit_code == 2 and "密码不对" in result.stderr
    assert run("check", mine, "--password-file", word).exit_code == 1
    merged = run("merge", mine, theirs, "--out", out, "--password-file", word, "--colleague-password-file", other)
    assert merged.exit_code == 1 and "我的密码" not in merged.output and is_encrypted(out)
    wrong = run("merge", mine, theirs, "--out", tmp_path / "y.juesuan", "--password-file", word)
    assert "李四.juesuan" in wrong.stderr
    monkeypatch.setenv("JUESUAN_PASSWORD", "我的密码")
    assert run("export", out, "--json", "-").exit_code == 0
    assert run("import", out, "--out", tmp_path / "z.juesuan").exit_code == 0
    assert run("new", "--from", out, "--year", "2024", "--out", tmp_path / "n.juesuan").exit_code == 0
    assert run("round", out, "--out", tmp_path / "r.juesuan").exit_code == 0
    assert all(is_encrypted(tmp_path / f"{n}.juesuan") for n in "znr")
    assert run("import", "resources/samples/sample.json", "--out", tmp_path / "p.juesuan").exit_code == 0
    assert not is_encrypted(tmp_path / "p.juesuan")


@pytest.mark.parametrize(
    ("data", "said"), [(None, "读不到密码文件"), (b"\xff\xfe\x00", "不是 UTF-8"), (b"\nabc", "第一行是空的")]
)
def test_password_files_that_are_none(tmp_path: Path, data: bytes | None, said: str) -> None:
    path = tmp_path / "p.txt"
    if data is not None:
        path.write_bytes(data)
    result = run("check", tmp_path / "a.juesuan", "--password-file", path)
    assert result.exit_code == 2 and said in result.stderr
