"""The command ``juesuan round``: exact amounts in 元 become published amounts in 万元."""

from __future__ import annotations

import json
from pathlib import Path

import click

from desktopapp import jobs
from desktopapp.cli_passwords import kept, password_option
from desktopapp.core.checker import Checker
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.rounding import RoundingPlan, departure_text, printed_departures, residual_text
from desktopapp.store.cipher import Secret

_FILE = click.Path(path_type=Path)


@click.command(
    name="round",
    help="把按元保存的金额舍入成公布用的万元数，使各表勾稽关系都成立，并列出与四舍五入不同的金额。",
)
@click.argument("file", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="要写的文件：.juesuan、.json 或 .xlsx，内容为公布数。")
@click.option(
    "--mode",
    type=click.Choice(["controlled", "plain"]),
    default="controlled",
    help="controlled：平衡舍入；plain：逐个四舍五入，列出尾差。",
)
@click.option("--pin-totals", is_flag=True, help="合计和总计一律保持四舍五入。")
@click.option("--overwrite", is_flag=True, help="目标文件已存在时替换它。")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="舍入说明的格式。")
@password_option
def round_command(
    file: Path, out: Path, mode: str, pin_totals: bool, overwrite: bool, form: str, secret: Secret | None
) -> None:
    """Write the published amounts of a report and tell how they were rounded."""
    report = jobs.import_any(file, secret=secret).report
    plan, published = jobs.round_for_publication(report, mode, pin_totals=pin_totals)
    jobs.save_as(published, out, overwrite=overwrite, secret=kept(secret, file))
    if form == "json":
        click.echo(json.dumps(plan.to_json(), ensure_ascii=False, indent=1))
    else:
        _tell(report, plan, out)


def _tell(report: Report, plan: RoundingPlan, out: Path) -> None:
    for departure in printed_departures(report, plan):
        click.echo(departure_text(report, departure))
    checker = Checker(report, rule_book(report.template))
    for name, residual in plan.residuals:
        relation = checker.relation(name)
        if relation is not None:
            click.echo(residual_text(report, relation, residual))
    if not plan.published:
        click.echo("各表都已按万元保存，没有需要舍入的金额。")
    adjusted = f"其中 {len(plan.departures)} 个与四舍五入不同" if plan.departures else "都是四舍五入数"
    left = f"，剩余 {len(plan.residuals)} 处尾差" if plan.residuals else "，没有尾差"
    if plan.published:
        click.echo(f"已舍入 {len(plan.published)} 个金额，{adjusted}{left}：{out}")
