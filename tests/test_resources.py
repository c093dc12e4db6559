"""The data folder is found wherever the program was put."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp import resources


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation in place of this checkout."""
    folder = tmp_path / "desktopapp"
    folder.mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", folder)
    return folder


def test_this_checkout_has_its_data() -> None:
    assert (resources.resource_root() / "templates").is_dir()


def test_checkout_keeps_it_beside_the_package(package: Path) -> None:
    (package.parent / "resources").mkdir()
    assert resources.resource_root() == package.parent / "resources"


def test_installation_carries_it_inside_and_prefers_it(package: Path) -> None:
    (package / "_resources").mkdir()
    (package.parent / "resources").mkdir()
    assert resources.resource_root() == package / "_resources"


def test_missing_data_is_told(package: Path) -> None:
    with pytest.raises(resources.ResourcesMissingError, match="重新安装"):
        resources.resource_root()
