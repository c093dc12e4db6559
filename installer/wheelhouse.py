"""Collect the locked wheels in a folder, for this machine or for another system."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installer import environment, oldlinux
from installer.console import BootstrapError, call, clean_environment, say


@dataclass(frozen=True, slots=True)
class System:
    """A kind of machine: values of the environment markers, and the wheel tags it accepts."""

    sys_platform: str
    os_name: str
    machine: str
    tags: tuple[str, ...]


# glibc versions that wheels are built for; 2.34 is the floor of the locked Qt on x86_64, 2.39 on aarch64.
_GLIBC = ("2_5", "2_12", "2_17", "2_24", "2_26", "2_27", "2_28", "2_31", "2_34")


def _linux(machine: str, glibc: tuple[str, ...]) -> System:
    legacy = tuple(f"manylinux{year}_{machine}" for year in ("1", "2010", "2014"))
    return System("linux", "posix", machine, tuple(f"manylinux_{v}_{machine}" for v in glibc) + legacy)


# Windows on ARM runs the x86_64 Python and its wheels; not every package has wheels of its own for it.
SYSTEMS: Mapping[str, System] = {
    "windows-x86_64": System("win32", "nt", "AMD64", ("win_amd64",)),
    "linux-x86_64": _linux("x86_64", _GLIBC),
    "linux-aarch64": _linux("aarch64", (*_GLIBC, "2_35", "2_39")),
}

# Runs inside the environment, where pip brings the standard implementation of environment markers along.
_MARKERS = """
import json, sys
from pip._vendor.packaging.requirements import Requirement
request = json.load(sys.stdin)
kept = [Requirement(text) for text in request["requirements"]]
print(json.dumps([r.marker is None or r.marker.evaluate(request["environment"]) for r in kept]))
"""


def split_lock(text: str) -> list[tuple[str, str]]:
    """Return the entries of a lock file as (requirement with marker, its hash options)."""
    joined = re.sub(r"\\\n\s*", "", text)
    lines = [line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")]
    entries = []
    for line in lines:
        requirement, *hashes = line.split(" --hash=")
        entries.append((requirement.strip(), "".join(f" --hash={value.strip()}" for value in hashes)))
    return entries


def marker_environment(system: System, python: str) -> dict[str, str]:
    """Return the values of the environment markers on such a machine with that Python, such as "3.12"."""
    return {
        "implementation_name": "cpython",
        "os_name": system.os_name,
        "platform_machine": system.machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Windows" if system.os_name == "nt" else "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": system.sys_platform,
    }


def download_options(system: System, python: str) -> list[str]:
    """Return pip's options that choose wheels for such a machine and Python."""
    tags = [option for tag in system.tags for option in ("--platform", tag)]
    abi = f"cp{python.replace('.', '')}"
    return [*tags, "--python-version", python, "--implementation", "cp", "--abi", abi, "--abi", "abi3", "--abi", "none"]


def collect(root: Path, target: Path, system: str | None, python: str) -> int:
    """Download every locked wheel into the target folder and return 0.

    Args:
        root: the checkout.
        target: the folder, made when missing.
        system: one of `SYSTEMS`, or None for this machine.
        python: such as "3.12", or "" for the running one.

    Raises:
        BootstrapError: the Python version makes no sense or pip failed.
    """
    if python and not re.fullmatch(r"3\.\d{2}", python):
        raise BootstrapError(f"--python 应写成 3.11、3.12 这样的版本，不是“{python}”。")
    interpreter = environment.base(root)
    target.mkdir(parents=True, exist_ok=True)
    lock = root / "installer" / environment.DEV_LOCK
    pip: list[str | Path] = [interpreter, "-m", "pip", "download", "--disable-pip-version-check", "--no-input"]
    pip += [
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--dest",
        target.resolve(),
        *([] if sys.stdout.isatty() else ["--quiet"]),
    ]
    say(f"正在把安装包下载到 {target.resolve()} ……")
    with tempfile.TemporaryDirectory() as scratch:
        if system is None and not python:
            code = call([*pip, "-r", oldlinux.lock_here(lock, Path(scratch))], cwd=root)
        else:
            chosen = SYSTEMS[system or this_system()]
            version = python or f"{sys.version_info[0]}.{sys.version_info[1]}"
            filtered = Path(scratch, "requirements.txt")
            filtered.write_text(filter_lock(interpreter, lock.read_text("utf-8"), chosen, version), "utf-8")
            code = call([*pip, "--no-deps", *download_options(chosen, version), "-r", filtered], cwd=root)
    if code != 0:
        raise BootstrapError("安装包没有下载全；请检查网络和磁盘空间，原因见上面的英文信息。")
    say(f"完成：把 {target.resolve()} 和本程序的文件夹一起拷到目标电脑，运行 bootstrap.py run --wheels 该文件夹。")
    return 0


def this_system() -> str:
    """Return the name in `SYSTEMS` of the machine this runs on."""
    for name, system in SYSTEMS.items():
        if system.sys_platform == sys.platform and system.machine == platform.machine():
            return name
    raise BootstrapError("本机的系统不在支持之列；请用 --system 指明要下载给哪种系统。")


def filter_lock(interpreter: Path, text: str, system: System, python: str) -> str:
    """Return the lock file with only the entries for such a machine, without markers.

    pip evaluates markers for the machine it runs on even when it downloads for another one.
    """
    entries = split_lock(text)
    request = {"requirements": [e[0] for e in entries], "environment": marker_environment(system, python)}
    done = subprocess.run(
        [interpreter, "-c", _MARKERS],
        input=json.dumps(request),
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BootstrapError(f"锁定文件里有看不懂的条件：{done.stderr.strip().splitlines()[-1]}")
    kept = zip(entries, json.loads(done.stdout), strict=True)
    return "".join(f"{entry.split(';')[0].strip()}{hashes}\n" for (entry, hashes), keep in kept if keep)
