"""The command line: the same core, headless."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from desktopapp import __version__, jobs
from desktopapp.cli_merging import merge_command
from desktopapp.cli_passwords import PASSWORD_HINT, kept, password_option
from desktopapp.cli_rounding import round_command
from desktopapp.core.amount import shown
from desktopapp.core.findings import Finding, Severity
from desktopapp.store.cipher import Secret

_FILE = click.Path(path_type=Path)


class _Exit(click.ClickException):
    """Prints one sentence and ends with 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        click.echo(f"错误：{self.message}", err=True)


class _Command(click.Command):
    """A command whose help is in Chinese throughout."""

    def get_help(self, ctx: click.Context) -> str:
        return _chinese_help(super().get_help(ctx))


class _Group(click.Group):
    """Turns sentences for the user into an exit code instead of a traceback, and words of click into Chinese."""

    command_class = _Command

    def get_help(self, ctx: click.Context) -> str:
        return _chinese_help(super().get_help(ctx))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise _Exit(_usage_sentence(error)) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            names = "、".join(self.list_commands(ctx))
            raise _Exit(f"没有子命令“{shown(args[0])}”，可用的有：{names}；加 --help 查看用法。")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except jobs.PasswordError as error:
            raise _Exit(f"{error}{PASSWORD_HINT}") from error
        except jobs.UserError as error:
            raise _Exit(str(error)) from error
        except click.UsageError as error:
            raise _Exit(_usage_sentence(error)) from error


_HELP_WORDS = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "子命令 [参数]...",
    "Options:": "选项：",
    "Commands:": "子命令：",
    "[required]": "[必填]",
    "Show this message and exit.": "显示这些说明。",
}


def _chinese_help(text: str) -> str:
    for english, chinese in _HELP_WORDS.items():
        text = text.replace(english, chinese)
    return text


def _usage_sentence(error: click.UsageError) -> str:
    """Return what is wrong with a command line in one sentence."""
    path = error.ctx.command_path if error.ctx is not None else "juesuan"
    more = f"加 --help 查看 {path} 的用法。"
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            return f"命令行缺少 {_parameter(param)}，请补上；{more}"
        case click.NoSuchOption(option_name=name):
            return f"没有选项 {shown(name)}，请检查拼写；{more}"
        case click.BadParameter(param=click.Parameter() as param):
            match param.type:
                case click.Choice(choices=choices):
                    rule = f"只能是 {'、'.join(map(str, choices))}"
                case kind if kind is click.INT:
                    rule = "应是整数"
                case _:
                    rule = "不能这样写"
            return f"命令行的 {_parameter(param)} {rule}；{more}"
        case click.BadOptionUsage(option_name=name):
            return f"选项 {shown(name)} 的写法不对，可能缺少它的值；{more}"
    return f"命令行写法不对，可能多了参数；{more}"


def _parameter(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else (param.human_readable_name or "参数").upper()


@click.group(cls=_Group, help="部门决算公开编制：不带子命令时打开窗口。")
@click.version_option(__version__, message="决算公开编制 %(version)s", help="显示版本。")
def main() -> None:
    """Run a command."""


@main.command(
    help="校验报表文件（.juesuan、.json 或其他可导入的文件），列出全部问题。"
    "没有错误返回 0，有错误返回 1，读不出来返回 2。"
)
@click.argument("file", type=_FILE)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式。")
@click.option("--suspects", is_flag=True, help="同时列出疑似录错的单元格和建议值。")
@password_option
@click.pass_context
def check(ctx: click.Context, file: Path, form: str, suspects: bool, secret: Secret | None) -> None:
    """Print the findings of a file; exit 0 without errors, 1 with errors."""
    report = jobs.import_any(file, secret=secret).report
    checker, findings = jobs.check_report(report)
    suspected = jobs.suspected(report, checker) if suspects else []
    if form == "json":
        found = jobs.findings_json(report, findings)
        if suspects:
            found["suspects"] = jobs.suspected_json(report, suspected)
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print_findings(findings)
        for suspect in suspected:
            click.echo(f"[疑点] {jobs.suspect_text(report, suspect)}")
    if any(f.severity is Severity.ERROR for f in findings):
        ctx.exit(1)


def _print_findings(findings: list[Finding]) -> None:
    for finding in findings:
        # An address for programs (selfeval/0/total) says nothing to people: the message names the form itself.
        place = "" if finding.where.isascii() else f"{finding.where}："
        label = Severity.ACCEPTED.label if finding.accepted else finding.severity.label
        said = f"（说明：{' '.join(finding.accepted.split())}）" if finding.accepted else ""
        click.echo(f"[{label}] {place}{finding.message}{said}")
    counts = Counter(Severity.ACCEPTED if f.accepted else f.severity for f in findings)
    summary = "，".join(f"{counts[s]} 个{s.label}" for s in Severity if counts[s])
    click.echo(f"共 {summary}。" if summary else "没有发现问题。")


@main.command(name="import", help="读入工作簿、JSON 等来源，存成报表文件。")
@click.argument("source", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="要写的报表文件（.juesuan）。")
@click.option("--template", help="模板编号，例如 hubei-2023；不写时自动判断。")
@click.option("--year", type=int, help="决算年度；不写时自动判断。")
@click.option("--overwrite", is_flag=True, help="目标文件已存在时替换它。")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="导入说明的格式。")
@password_option
def import_(
    source: Path,
    out: Path,
    template: str | None,
    year: int | None,
    overwrite: bool,
    form: str,
    secret: Secret | None,
) -> None:
    """Read a source and save it as a report file."""
    imported = jobs.import_any(source, template, year, secret=secret)
    jobs.save_new(imported.report, out, overwrite=overwrite, secret=kept(secret, source))
    if form == "json":
        click.echo(json.dumps(imported.account, ensure_ascii=False, indent=1))
        return
    report = imported.report
    name = report.department or "（未写明部门）"
    made = f"{report.year} 年度（模板 {report.template.id}），共 {len(report.amounts)} 个金额"
    click.echo(f"已导入 {name} {made}：{out}")
    unsure = [r for r in imported.account.get("repaired", []) if r["confidence"] < 0.9]
    for item in unsure:
        click.echo(f"请核对 {item['place']}（{item['where']}）：{item['reason']}")
    for item in imported.account.get("unplaced", []):
        click.echo(f"未能认定位置：{item['form']} 表{item['where']}的“{item['text']}”")
    for warning in imported.account.get("warnings", []):
        click.echo(f"注意：{warning}")


@main.command(help="新建报表文件：空白的，或用 --from 从上年文件结转。")
@click.option("--from", "last", type=_FILE, help="上年的报表文件（.juesuan 或其他可导入的文件）。")
@click.option("--template", help="模板编号，例如 hubei-2023；从上年结转时可以不写。")
@click.option("--year", required=True, type=int, help="决算年度。")
@click.option("--department", default="", help="部门名称；从上年结转时不写则沿用。")
@click.option("--out", required=True, type=_FILE, help="要写的报表文件（.juesuan）。")
@click.option("--overwrite", is_flag=True, help="目标文件已存在时替换它。")
@password_option
def new(
    last: Path | None,
    template: str | None,
    year: int,
    department: str,
    out: Path,
    overwrite: bool,
    secret: Secret | None,
) -> None:
    """Make a report file, empty or from last year's."""
    remarks: tuple[str, ...] = ()
    if last is not None:
        report, remarks = jobs.roll(jobs.import_any(last, secret=secret).report, year, template)
    elif template is not None:
        report = jobs.start_report(template, year, department)
    else:
        raise _Exit("没有写明模板，请加上 --template，或用 --from 指明上年文件。")
    report.department = department or report.department
    jobs.save_new(report, out, overwrite=overwrite, secret=kept(secret, last) if last is not None else None)
    for remark in remarks:
        click.echo(f"注意：{remark}")
    click.echo(f"已新建 {year} 年度报表：{out}")


@main.command(help="导出报表：--docx、--pdf、--html、--xlsx、--csv、--json 至少写一个，可以同时写。")
@click.argument("file", type=_FILE)
@click.option("--docx", type=_FILE, help="导出整份公开文本（Word）。")
@click.option("--pdf", type=_FILE, help="导出整份公开文本（PDF）。")
@click.option("--html", type=_FILE, help="导出整份公开文本（网页）。")
@click.option("--xlsx", type=_FILE, help="导出九张表的工作簿。")
@click.option("--formulas", is_flag=True, help="工作簿中的合计写成公式。")
@click.option("--charts/--no-charts", default=True, help="工作簿中附可编辑的图表（默认附）。")
@click.option("--csv", "csv_path", type=_FILE, help="导出全部金额的 CSV（万元）。")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, allow_dash=True), help="导出 JSON（- 为标准输出）。"
)
@password_option
def export(
    file: Path,
    docx: Path | None,
    pdf: Path | None,
    html: Path | None,
    xlsx: Path | None,
    formulas: bool,
    charts: bool,
    csv_path: Path | None,
    json_path: Path | None,
    secret: Secret | None,
) -> None:
    """Write a report in other formats."""
    wanted = (("docx", docx), ("pdf", pdf), ("html", html))
    documents = {kind: path for kind, path in wanted if path is not None}
    if not (documents or xlsx or csv_path or json_path):
        raise _Exit("没有写明要导出成什么，请加上 --docx、--pdf、--html、--xlsx、--csv 或 --json 和文件名。")
    report = jobs.import_any(file, secret=secret).report
    if json_path is not None and str(json_path) == "-":
        from desktopapp.writers.json_writer import report_json_text

        click.echo(report_json_text(report), nl=False)
    elif json_path is not None:
        jobs.export_json(report, json_path)
        click.echo(f"已导出：{json_path}")
    published = jobs.to_publish(report)
    document = jobs.document_of(published) if documents or xlsx is not None else None
    if xlsx is not None and document is not None:
        figures = document.figures() if charts else ()
        source = published if not formulas else report
        jobs.export_xlsx(source, xlsx, formulas=formulas, figures=figures, tables=document.tables())
        click.echo(f"已导出：{xlsx}")
    if csv_path is not None:
        jobs.export_csv(published, csv_path)
        click.echo(f"已导出：{csv_path}")
    if documents:
        jobs.export_documents(published, documents, document=document)
    for path in documents.values():
        click.echo(f"已导出：{path}")


@main.command(help="按规则给绩效指标评分：读入 CSV（或工作簿），原样输出并加一列 score；没有规则可用的留空。")
@click.argument("file", type=_FILE)
@click.option("--out", type=_FILE, help="写到文件；不写时输出到屏幕。")
def score(file: Path, out: Path | None) -> None:
    """Print the rows of an indicator list with a column score."""
    text = jobs.score_csv(file)
    if out is None:
        click.echo(text, nl=False)
    else:
        jobs.write_text(out, text, bom=True)
        click.echo(f"已评分：{out}")


main.add_command(merge_command)
main.add_command(round_command)
