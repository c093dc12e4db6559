"""What recognition compares a source with: templates, classifications, titles of sections, words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.template import Template
from desktopapp.narrative.selfeval_layouts import build_layouts
from desktopapp.readers.running import RunningWords, build_running
from desktopapp.readers.selfeval.words import Words, build_words
from desktopapp.store.outline_files import COMMON, load_outline, load_raw_layouts, read_toml


@dataclass(frozen=True, slots=True)
class Library:
    """What recognition compares a source with: all templates, and the classifications of a year."""

    templates: Sequence[Template]
    catalogues: Callable[[int], Catalogues]
    #: The titles of the sections that a template's outline has, by its id.
    headings: Callable[[str], Sequence[str]] = lambda _: ()
    #: The words of what stands beside the forms; without them it is not read.
    words: Words | None = None
    #: The lines of 机构运行信息表; without them it is not read.
    running: RunningWords | None = None


def library_of(templates: Sequence[Template], catalogues: Callable[[int], Catalogues], root: Path) -> Library:
    """Return the library of the templates below ``root`` (resources/templates); raises TemplateError."""
    return Library(templates, catalogues, partial(section_titles, root), load_words(root), load_running(root))


def section_titles(root: Path, template_id: str) -> list[str]:
    """Return the titles of the sections that a template's outline has; raises TemplateError."""
    return [s.title for s in load_outline(root, template_id).sections()]


def load_words(root: Path) -> Words:
    """Return the words by which what stands beside the forms is recognised; raises TemplateError."""
    shown = f"{COMMON}/selfeval_words.toml"
    layouts = build_layouts(load_raw_layouts(root, (COMMON,)), f"{COMMON}/selfeval_layouts.toml", {})
    return build_words(read_toml(root / COMMON / "selfeval_words.toml", shown, required=True), shown, layouts)


def load_running(root: Path) -> RunningWords:
    """Return the lines by which 机构运行信息表 is read; raises TemplateError."""
    shown = f"{COMMON}/running.toml"
    return build_running(read_toml(root / COMMON / "running.toml", shown, required=True), shown)
