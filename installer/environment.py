"""The virtual environment `.venv` of a checkout: made once, then kept up to date with the lock files."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from installer import oldlinux, system
from installer.console import BootstrapError, call, clean_environment, say

RUNTIME_LOCK = "requirements.txt"
DEV_LOCK = "requirements-dev.txt"
VENV = ".venv"
STAMP = "juesuan-stamp.json"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is installed in the environment.

    Attributes:
        root: the checkout it belongs to; scripts in it hold this path.
        python: version of the interpreter that made it, such as "3.11.7".
        project: digest of pyproject.toml.
        runtime: digest of the runtime lock file, on an old Linux with that of the Qt it gets instead.
        dev: digest of the development lock file, or "" while only the runtime packages are installed.
    """

    root: str
    python: str
    project: str
    runtime: str
    dev: str

    def serves(self, wanted: Stamp) -> bool:
        """Say whether an environment with this stamp has all that the wanted one needs.

        The development packages include the runtime ones.
        """
        return self == wanted or (not wanted.dev and asdict(self) | {"dev": ""} == asdict(wanted))


def digest(path: Path) -> str:
    """Return the SHA-256 of a text file, the same for either kind of line end."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def wanted_stamp(root: Path, dev: bool) -> Stamp:
    """Return the stamp of an up-to-date environment for this checkout and interpreter."""
    locks = root / "installer"
    return Stamp(
        root=str(root),
        python=".".join(str(part) for part in sys.version_info[:3]),
        project=digest(root / "pyproject.toml"),
        runtime=digest(locks / RUNTIME_LOCK) + (digest(locks / oldlinux.LOCK) if oldlinux.here() else ""),
        dev=digest(locks / DEV_LOCK) if dev else "",
    )


def read_stamp(venv: Path) -> Stamp | None:
    """Return the stamp of the environment, or None when there is none that can be understood."""
    try:
        return Stamp(**json.loads((venv / STAMP).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(venv: Path, stamp: Stamp) -> None:
    """Record what is installed; written last, so that an interrupted set-up is repeated."""
    aside = venv / (STAMP + ".new")
    aside.write_text(json.dumps(asdict(stamp), indent=2), "utf-8")
    os.replace(aside, venv / STAMP)


def venv_python(venv: Path) -> Path:
    """Return the interpreter of the environment."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def ensure(root: Path, *, dev: bool, wheels: Path | None = None) -> Path:
    """Bring `.venv` up to date and return its interpreter; quick when nothing changed.

    Args:
        root: the checkout.
        dev: also install what the tests need.
        wheels: a folder made by the command `wheels`; then nothing is fetched from the network.

    Raises:
        BootstrapError: the environment could not be made or filled.
    """
    venv = root / VENV
    have = read_stamp(venv)
    python = venv_python(venv)
    if have is not None and have.serves(wanted_stamp(root, dev)) and python.exists():
        return python
    if wheels is not None and not any(wheels.glob("*.whl")):
        raise BootstrapError(f"文件夹 {wheels} 里没有安装包；请先在能上网的电脑上运行 bootstrap.py wheels 再拷过来。")
    dev = dev or (have is not None and bool(have.dev))  # a developer's environment stays one
    python = base(root)
    (venv / STAMP).unlink(missing_ok=True)
    install(root, python, DEV_LOCK if dev else RUNTIME_LOCK, wheels)
    precompile(root, python)
    write_stamp(venv, wanted_stamp(root, dev))
    say("运行环境准备完毕。")
    return python


def base(root: Path) -> Path:
    """Make `.venv` unless a usable one is there, install nothing, and return its interpreter.

    An environment of another checkout (a copied or moved folder) or another Python is made anew.
    """
    venv = root / VENV
    have = read_stamp(venv)
    wanted = wanted_stamp(root, dev=False)
    foreign = have is not None and (have.root, have.python) != (wanted.root, wanted.python)
    if foreign or not works(venv_python(venv)):
        create(venv)
    return venv_python(venv)


def works(python: Path) -> bool:
    """Say whether the interpreter starts and has pip."""
    try:
        done = subprocess.run(
            [python, "-m", "pip", "--version"], env=clean_environment(), capture_output=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def create(venv: Path) -> None:
    """Make an empty environment in place of whatever is there.

    Raises:
        BootstrapError: Python's own venv failed.
    """
    if importlib.util.find_spec("ensurepip") is None:
        system.install_venv_support()
    say(f"正在建立运行环境 {venv} ……")
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    if call([sys.executable, "-m", "venv", "--clear", venv], cwd=venv.parent) != 0 or not works(venv_python(venv)):
        shutil.rmtree(venv, ignore_errors=True)
        raise BootstrapError(
            f"没能建立运行环境 {venv}；请确认该文件夹可写、磁盘有 2 GB 空间，Python 带有 venv 和 pip。"
        )


def pip_options(wheels: Path | None, interactive: bool) -> list[str]:
    """Return the options every pip call here shares."""
    options = ["--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    if not interactive:
        options.append("--quiet")
    if wheels is not None:
        options += ["--no-index", "--find-links", str(wheels.resolve())]
    return options


def install(root: Path, python: Path, lock: str, wheels: Path | None) -> None:
    """Install the locked packages, each checked against its hash, then the project itself as editable.

    Raises:
        BootstrapError: pip failed; its own message is on the console above.
    """
    source = f"文件夹 {wheels} " if wheels is not None else "网络（首次约 350 MB，需要几分钟）"
    say(f"正在从{source}安装依赖 ……")
    pip: list[str | Path] = [python, "-m", "pip", "install", *pip_options(wheels, sys.stdout.isatty())]
    with tempfile.TemporaryDirectory() as scratch:
        locked = oldlinux.lock_here(root / "installer" / lock, Path(scratch))
        code = call([*pip, "--require-hashes", "--only-binary", ":all:", "-r", locked], cwd=root)
    if code != 0:
        where = "文件夹里的安装包不全或不是本机系统用的" if wheels is not None else "请检查网络"
        raise BootstrapError(
            f"依赖没有装好：{where}；不能上网的电脑请先在别处运行 bootstrap.py wheels，再加 --wheels 文件夹 运行。"
        )
    # Without isolation: the build backend is among the locked packages, so nothing is fetched unchecked.
    if call([*pip, "--no-deps", "--no-build-isolation", "--editable", root], cwd=root) != 0:
        raise BootstrapError("依赖已装好，但程序本身没有装进运行环境；原因见上面的英文信息。")


def precompile(root: Path, python: Path) -> None:
    """Compile the program to bytecode, as pip did with the packages: the first start is fast then.

    Does so even where Python is told not to write bytecode by itself. Where the checkout cannot be written, the start
    takes half as long again and nothing else is lost.
    """
    call([python, "-m", "compileall", "-qq", root / "desktopapp"], cwd=root)


def locked_names(lines: Iterable[str]) -> set[str]:
    """Return the package names of a lock file, in lower case with hyphens."""
    pinned = (line.split("==")[0].strip() for line in lines if "==" in line and line[0].isalnum())
    return {name.lower().replace("_", "-") for name in pinned}
