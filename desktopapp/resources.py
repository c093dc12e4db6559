"""Where the program's data (templates, codes, samples) lies."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class ResourcesMissingError(RuntimeError):
    """Raised when the installation holds no data folder; the message is for the user."""


def resource_root() -> Path:
    """Return the folder that holds `templates/`, `codes/` and `samples/`.

    An installed wheel and a frozen build carry the data inside the package; a checkout keeps it beside the package.

    Raises:
        ResourcesMissingError: neither place exists.
    """
    for candidate in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if candidate.is_dir():
            return candidate
    raise ResourcesMissingError(f"程序的数据文件夹 {_PACKAGE.parent / 'resources'} 不见了，请重新安装程序。")
