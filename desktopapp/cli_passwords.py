"""Passwords on the command line: from a file or the environment, never as an argument that others could read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from desktopapp import jobs
from desktopapp.store.cipher import Secret, is_encrypted

_VARIABLE = "JUESUAN_PASSWORD"
#: What the command line adds to the sentence that a password is wanted.
PASSWORD_HINT = f"用 --password-file 指明存放密码的文件，或设环境变量 {_VARIABLE}。"
_LONGEST = 4096
_Command = TypeVar("_Command", bound=Callable[..., Any])


def password_option(command: _Command) -> _Command:
    """Give a command the option ``--password-file``; its function gets ``secret``."""
    return click.option(
        "--password-file",
        "secret",
        type=click.Path(path_type=Path),
        callback=_secret,
        help=f"报表设有密码时，存放密码的文本文件（第一行）；也可设环境变量 {_VARIABLE}。",
    )(command)


def _secret(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Secret | None:
    if path is not None:
        return read_password(path)
    found = os.environ.get(_VARIABLE)
    return Secret(found) if found else None


def kept(secret: Secret | None, source: Path) -> Secret | None:
    """Return the password that a report made of ``source`` gets: that of the source, where it has one."""
    return secret if is_encrypted(source) else None


def read_password(path: Path) -> Secret:
    """Return the password in the first line of a file; raises UserError."""
    try:
        with path.open("rb") as file:
            line = file.read(_LONGEST).decode("utf-8-sig").partition("\n")[0].rstrip("\r")
    except OSError as error:
        raise jobs.UserError(f"读不到密码文件“{path}”（{error.strerror}），请检查路径。") from error
    except UnicodeDecodeError as error:
        raise jobs.UserError(f"密码文件“{path}”不是 UTF-8 文本，请另存为 UTF-8 后再试。") from error
    if not line:
        raise jobs.UserError(f"密码文件“{path}”的第一行是空的，请把密码写在第一行。")
    return Secret(line)
