"""The command line: the same core, headless."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from desktopapp import jobs
from desktopapp.core.findings import Finding, Severity

_FILE = click.Path(path_type=Path)


class _Exit(click.ClickException):
    """Prints one sentence and ends with 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        click.echo(f"错误：{self.message}", err=True)


class _Group(click.Group):
    """Turns sentences for the user into an exit code instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except jobs.UserError as error:
            raise _Exit(str(error)) from error


@click.group(cls=_Group, help="部门决算公开编制：不带子命令时打开窗口。")
@click.version_option(package_name="juesuan", message="决算公开编制 %(version)s", help="显示版本。")
def main() -> None:
    """Run a command."""


@main.command(
    help="校验报表文件（.juesuan、.json 或其他可导入的文件），列出全部问题。"
    "没有错误返回 0，有错误返回 1，读不出来返回 2。"
)
@click.argument("file", type=_FILE)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式。")
@click.pass_context
def check(ctx: click.Context, file: Path, form: str) -> None:
    """Print the findings of a file; exit 0 without errors, 1 with errors."""
    report = jobs.import_any(file).report
    _, findings = jobs.check_report(report)
    if form == "json":
        click.echo(json.dumps(jobs.findings_json(report, findings), ensure_ascii=False, indent=1))
    else:
        _print_findings(findings)
    if any(f.severity is Severity.ERROR for f in findings):
        ctx.exit(1)


def _print_findings(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(f"[{finding.severity.label}] {finding.message}")
    counts = Counter(f.severity for f in findings)
    summary = "，".join(f"{counts[s]} 个{s.label}" for s in Severity if counts[s])
    click.echo(f"共 {summary}。" if summary else "没有发现问题。")


@main.command(name="import", help="读入工作簿、JSON 等来源，存成报表文件。")
@click.argument("source", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="要写的报表文件（.juesuan）。")
@click.option("--template", help="模板编号，例如 hubei-2023；不写时自动判断。")
@click.option("--year", type=int, help="决算年度；不写时自动判断。")
@click.option("--overwrite", is_flag=True, help="目标文件已存在时替换它。")
def import_(source: Path, out: Path, template: str | None, year: int | None, overwrite: bool) -> None:
    """Read a source and save it as a report file."""
    imported = jobs.import_any(source, template, year)
    jobs.save_new(imported.report, out, overwrite=overwrite)
    report = imported.report
    click.echo(
        f"已导入 {report.department or '（未写明部门）'} {report.year} 年度，共 {len(report.amounts)} 个金额：{out}"
    )


@main.command(help="新建一份空白报表文件。")
@click.option("--template", required=True, help="模板编号，例如 hubei-2023。")
@click.option("--year", required=True, type=int, help="决算年度。")
@click.option("--department", default="", help="部门名称。")
@click.option("--out", required=True, type=_FILE, help="要写的报表文件（.juesuan）。")
@click.option("--overwrite", is_flag=True, help="目标文件已存在时替换它。")
def new(template: str, year: int, department: str, out: Path, overwrite: bool) -> None:
    """Make an empty report file."""
    jobs.save_new(jobs.start_report(template, year, department), out, overwrite=overwrite)
    click.echo(f"已新建 {year} 年度报表：{out}")


@main.command(help="导出报表：--xlsx、--json 至少写一个，可以同时写。")
@click.argument("file", type=_FILE)
@click.option("--xlsx", type=_FILE, help="导出九张表的工作簿。")
@click.option("--formulas", is_flag=True, help="工作簿中的合计写成公式。")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, allow_dash=True), help="导出 JSON（- 为标准输出）。"
)
def export(file: Path, xlsx: Path | None, formulas: bool, json_path: Path | None) -> None:
    """Write a report in other formats."""
    if xlsx is None and json_path is None:
        raise _Exit("没有写明要导出成什么，请加上 --xlsx 或 --json 和文件名。")
    report = jobs.import_any(file).report
    if json_path is not None and str(json_path) == "-":
        from desktopapp.writers.json_writer import report_json_text

        click.echo(report_json_text(report), nl=False)
    elif json_path is not None:
        jobs.export_json(report, json_path)
        click.echo(f"已导出：{json_path}")
    if xlsx is not None:
        jobs.export_xlsx(report, xlsx, formulas=formulas)
        click.echo(f"已导出：{xlsx}")
