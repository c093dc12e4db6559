"""The commands of bootstrap.py: run, test, setup, wheels, package."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from installer import environment, system, wheelhouse
from installer.console import BootstrapError, call, prepare_output, say
from installer.package import command as packages

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = Path("resources", "samples", "sample.json")

HELP = """用法：python3 installer/bootstrap.py 命令 [选项]

命令：
  run      准备运行环境并打开窗口（示例报告）；没有显示器时改为导入、校验、导出示例报告
  test     准备运行环境并运行全部检查和测试
  setup    只准备运行环境
  wheels   把全部安装包下载到文件夹，供不能上网的电脑安装
  package  打包成不需要 Python 的程序：默认一个文件夹，其他形式见下

选项：
  --wheels 文件夹    用于 run、test、setup、package：从该文件夹安装，不上网
  --out 文件夹       用于 wheels、package：放结果的文件夹（默认 wheels、dist）
  --onefile          用于 package：打包成一个文件
  --deb              用于 package：再做成 deb 安装包（Debian、Ubuntu、统信、麒麟等）
  --setup            用于 package：再做成 Windows 安装程序（在 Windows 上，需要 NSIS）
  --system 系统      用于 wheels：替别的系统下载，可为 {systems}
  --python 版本      用于 wheels：替别的 Python 版本下载，如 3.12
  -h, --help         显示本说明
"""

# Its own script has another name on every system.
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main()"

# Cheap and strict first; pytest is last, so that its closing line ends the output.
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff 检查", ("-m", "ruff", "check", ".")),
    ("ruff 格式", ("-m", "ruff", "format", "--check", ".")),
    ("mypy 类型", ("-m", "mypy")),
    ("import-linter 依赖规则", ("-c", _LINT_IMPORTS, "--no-logo")),
)
# The tests of one file, such as those of the package, share what was built and so run in one process.
PYTEST = ("-m", "pytest", "-n", "2", "--dist", "loadfile")


class _Parser(argparse.ArgumentParser):
    """Leaves it to the caller to say in Chinese what argparse would say in English."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def help_text() -> str:
    """Return the help shown to users."""
    return HELP.format(systems="、".join(wheelhouse.SYSTEMS))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Understand the command line.

    Raises:
        ValueError: it makes no sense.
    """
    parser = _Parser(add_help=False)
    parser.add_argument("-h", "--help", action="store_true")
    commands = parser.add_subparsers(dest="command", parser_class=_Parser)
    for name in ("run", "test", "setup", "package"):
        command = commands.add_parser(name, add_help=False)
        command.add_argument("--wheels", type=Path)
        command.add_argument("-h", "--help", action="store_true")
    for option in ("--onefile", "--deb", "--setup"):
        command.add_argument(option, action="store_true")
    command.add_argument("--out", type=Path, default=Path("dist"))
    command = commands.add_parser("wheels", add_help=False)
    command.add_argument("--out", type=Path, default=Path("wheels"))
    command.add_argument("--system", choices=list(wheelhouse.SYSTEMS))
    command.add_argument("--python", default="")
    command.add_argument("-h", "--help", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code: 0 done, 2 could not be done, otherwise the failed program's."""
    prepare_output()
    try:
        options = parse(arguments)
    except ValueError:
        say(f"看不懂命令“{' '.join(arguments)}”，请按下面的用法写。\n\n{help_text()}")
        return 2
    if options.help or options.command is None:
        say(help_text())
        return 0 if options.help else 2
    try:
        return _dispatch(options)
    except BootstrapError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("已中断。")
        return 130


def _dispatch(options: argparse.Namespace) -> int:
    if options.command == "run":
        return run(options.wheels)
    if options.command == "test":
        return test(options.wheels)
    if options.command == "setup":
        system.prepare(tests=False)
        environment.ensure(ROOT, dev=False, wheels=options.wheels)
        return 0
    if options.command == "package":
        system.prepare(tests=False)
        python = environment.ensure(ROOT, dev=True, wheels=options.wheels)
        return packages.make(ROOT, python, options.out, onefile=options.onefile, deb=options.deb, setup=options.setup)
    return wheelhouse.collect(ROOT, options.out, options.system, options.python)


def run(wheels: Path | None) -> int:
    """Set up and open the window on the sample; without a display do the same job on the command line."""
    system.prepare(tests=False)
    python = environment.ensure(ROOT, dev=False, wheels=wheels)
    if not system.has_display(sys.platform, os.environ):
        say("这里没有图形显示，改为在命令行处理示例报告。")
        return headless(python)
    code = call([python, "-m", "desktopapp", "--sample"], cwd=ROOT)
    if sys.platform.startswith("linux") and code == -signal.SIGABRT:
        # Qt aborts when the display that DISPLAY names does not answer.
        say("窗口没有打开（显示连接不上），改为在命令行处理示例报告。")
        return headless(python)
    return code


def headless(python: Path) -> int:
    """Import the sample, check it, export it as xlsx; 0 unless a step could not be done."""
    folder = Path(tempfile.mkdtemp(prefix="juesuan-"))
    report, workbook = folder / "sample.juesuan", folder / "sample.xlsx"
    program: list[str | Path] = [python, "-m", "desktopapp"]
    say(f"导入示例报告 {SAMPLE} ……")
    if code := call([*program, "import", SAMPLE, "--out", report], cwd=ROOT):
        raise BootstrapError(f"示例报告没有导入（退出码 {code}）；原因见上。")
    say("校验结果：")
    if (code := call([*program, "check", report], cwd=ROOT)) not in (0, 1):  # 1 only means that errors were found
        raise BootstrapError(f"示例报告没有校验（退出码 {code}）；原因见上。")
    if code := call([*program, "export", report, "--xlsx", workbook], cwd=ROOT):
        raise BootstrapError(f"示例报告没有导出（退出码 {code}）；原因见上。")
    say(f"完成：报告在 {report}，导出的工作簿在 {workbook}。")
    return 0


def test(wheels: Path | None) -> int:
    """Set up, run the static checks and all tests; the first exit code that is not 0, or 0."""
    system.prepare(tests=True)
    python = environment.ensure(ROOT, dev=True, wheels=wheels)
    failed: list[str] = []
    first = 0
    for name, command in CHECKS:
        say(f"—— {name}")
        if code := call([python, *command], cwd=ROOT):
            failed.append(name)
            first = first or code
    say(f"—— pytest{'（未通过：' + '、'.join(failed) + '）' if failed else ''}")
    code = call([python, *PYTEST], cwd=ROOT, extra={"HYPOTHESIS_PROFILE": "ci"})
    return first or code
