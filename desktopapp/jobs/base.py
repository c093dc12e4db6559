"""What every job stands on: the sentence for the user, the templates and catalogues, the facts of a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.report import Report
from desktopapp.core.template import Template, TemplateError
from desktopapp.readers.json_reader import FIRST_YEAR, LAST_YEAR
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import CatalogueError, kept_catalogues
from desktopapp.store.template_files import kept_template, list_templates

if TYPE_CHECKING:
    from desktopapp.narrative.facts import Facts


Progress = Callable[[float, str], None]


class UserError(Exception):
    """A sentence for the user: what, where, what to do."""


class PasswordError(UserError):
    """Raised when a report needs a password, or another one than was given."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


def template_root() -> Path:
    """Return the folder of the templates."""
    return resource_root() / "templates"


def template_ids() -> list[str]:
    """Return the ids of all templates."""
    return list_templates(template_root())


def get_template(template_id: str) -> Template:
    """Return a template by id; raises UserError naming those there are, or what is malformed."""
    if template_id not in template_ids():
        raise UserError(f"没有模板“{template_id}”，可用的模板有：{'、'.join(template_ids())}。")
    try:
        return kept_template(template_root(), template_id)
    except TemplateError as error:
        raise UserError(str(error)) from error


def get_catalogues(year: int) -> Catalogues:
    """Return the classifications of a year; raises UserError."""
    try:
        return kept_catalogues(resource_root() / "codes", year)
    except CatalogueError as error:
        raise UserError(str(error)) from error


def sample_path() -> Path:
    """Return the bundled sample report (JSON)."""
    return resource_root() / "samples" / "sample.json"


def must_be_file(path: Path) -> None:
    if not path.exists():
        raise UserError(f"找不到文件“{path}”，请检查文件名和文件夹。")
    if path.is_dir():
        raise UserError(f"“{path}”是文件夹，请选择其中的文件。")


def must_be_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UserError(f"年度 {year} 不对，应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。")


def facts_of(report: Report) -> Facts:
    """Return the facts of a report; raises TemplateError."""
    from desktopapp.narrative.facts import Facts
    from desktopapp.store.outline_files import load_fact_book

    return Facts(report, load_fact_book(template_root(), report.template.id))
