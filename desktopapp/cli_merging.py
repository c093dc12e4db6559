"""The command ``juesuan merge``: a colleague's copy comes back into the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desktopapp import jobs
from desktopapp.cli_passwords import password_option, read_password
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.merging import Item, Side
from desktopapp.store.cipher import Secret

if TYPE_CHECKING:
    from desktopapp.jobs.merging import Merged

_FILE = click.Path(path_type=Path)
#: Longest value in a line of the account.
_LONGEST = 60


@click.command(
    name="merge",
    help="把同事改过的副本 COLLEAGUE 合并到报表 FILE 的一份新副本。两边都改过的地方是冲突，不写 --prefer 时保留 FILE 的"
    "内容并逐处列出。没有未决定的冲突返回 0，有则返回 1，读不出来返回 2。",
)
@click.argument("file", type=_FILE)
@click.argument("colleague", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="要写的报表文件（.juesuan）；两个来源文件都不改动。")
@click.option("--prefer", type=click.Choice(["mine", "theirs"]), help="冲突一律取哪一边：mine 为 FILE，theirs 为同事。")
@click.option("--overwrite", is_flag=True, help="目标文件已存在时替换它。")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="合并说明的格式。")
@click.option("--colleague-password-file", type=_FILE, help="同事文件的密码与 FILE 不同时，存放它的文本文件。")
@password_option
@click.pass_context
def merge_command(
    ctx: click.Context,
    file: Path,
    colleague: Path,
    out: Path,
    prefer: str | None,
    overwrite: bool,
    form: str,
    colleague_password_file: Path | None,
    secret: Secret | None,
) -> None:
    """Write a merged copy and tell what was taken; exit 1 where conflicts were left undecided."""
    from desktopapp.jobs.merging import merge_files

    for path in (file, colleague):
        if path.suffix.lower() != ".juesuan":
            raise jobs.UserError(f"“{path.name}”不是报表文件，只有 .juesuan 文件可以合并；其他文件请用 import。")
    theirs = read_password(colleague_password_file) if colleague_password_file is not None else None
    merged = merge_files(
        file,
        colleague,
        out,
        prefer=Side(prefer) if prefer is not None else None,
        overwrite=overwrite,
        secret=secret,
        their_secret=theirs,
    )
    if form == "json":
        click.echo(json.dumps(_json(merged, out), ensure_ascii=False, indent=1))
    else:
        _tell(merged, out)
    if merged.undecided:
        ctx.exit(1)


def _taken(merged: Merged) -> list[Item]:
    items = (i for i in merged.merging.merge.items if not i.is_quiet)
    return [i for i in items if merged.decided.get(i.place, Side.MINE) is not Side.MINE]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _errors(findings: list[Finding]) -> int:
    return sum(f.severity is Severity.ERROR for f in findings)


def _tell(merged: Merged, out: Path) -> None:
    merging = merged.merging
    met = merging.meeting
    if met is None:
        click.echo("注意：两个文件没有共同的修改历史，按两份报表逐格比较。")
    else:
        when = met.at.astimezone().strftime("%Y-%m-%d %H:%M")
        click.echo(f"共同版本：{when}；此后{merging.who}改了 {met.their_steps} 步，这边改了 {met.my_steps} 步。")
    for item in _taken(merged):
        words = merging.named(item)
        both = "（合并两边的段落）" if merged.decided[item.place] is Side.BOTH else ""
        click.echo(f"取用 {words.group} {words.where}：{_short(words.mine)} → {_short(words.theirs)}{both}")
    for item in merging.merge.conflicts:
        words = merging.named(item)
        side = merged.decided.get(item.place)
        kept = "未决定，保留这边" if side is None else f"按 --prefer 取{'这边' if side is Side.MINE else '同事'}"
        click.echo(
            f"冲突 {words.group} {words.where}：这边 {_short(words.mine)}{_by(merged, item, Side.MINE)}，"
            f"同事 {_short(words.theirs)}{_by(merged, item, Side.THEIRS)}；{kept}"
        )
    click.echo(f"校验：合并前 {_errors(merged.before)} 个错误，合并后 {_errors(merged.after)} 个错误。")
    left = f"，{len(merged.undecided)} 处冲突没有决定（保留了这边的内容）" if merged.undecided else ""
    click.echo(f"已取用 {len(_taken(merged))} 处{left}：{out}")


def _by(merged: Merged, item: Item, side: Side) -> str:
    touch = merged.merging.touch(item, side)
    return "" if touch is None else f"（{touch.user} {touch.at.astimezone():%m月%d日 %H:%M}）"


def _json(merged: Merged, out: Path) -> dict[str, Any]:
    met = merged.merging.meeting
    return {
        "out": str(out),
        "base": None
        if met is None
        else {"at": met.at.isoformat(), "my_steps": met.my_steps, "their_steps": met.their_steps},
        "kept": merged.merging.merge.kept,
        "taken": [_item_json(merged, i) for i in _taken(merged)],
        "conflicts": [_item_json(merged, i) for i in merged.merging.merge.conflicts],
        "undecided": len(merged.undecided),
        "errors": {"before": _errors(merged.before), "after": _errors(merged.after)},
    }


def _item_json(merged: Merged, item: Item) -> dict[str, Any]:
    words = merged.merging.named(item)
    side = merged.decided.get(item.place)
    found: dict[str, Any] = {
        "kind": item.place.kind,
        "place": [v for v in (*item.place[1:4], *item.place.path) if v],
        "group": words.group,
        "where": words.where,
        "base": words.base,
        "mine": words.mine,
        "theirs": words.theirs,
        "decided": side.value if side is not None else None,
    }
    for name, whose in (("mine_by", Side.MINE), ("theirs_by", Side.THEIRS)):
        touch = merged.merging.touch(item, whose)
        found[name] = None if touch is None else {"user": touch.user, "at": touch.at.isoformat()}
    return found
