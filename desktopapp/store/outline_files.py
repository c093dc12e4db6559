"""Reads what the text is made from: facts, input tables, outlines and sentence templates under resources/templates."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktopapp.core.template import TemplateError
from desktopapp.narrative.explanations import build_glossary
from desktopapp.narrative.factbook import FactBook, build_fact_book
from desktopapp.narrative.outline import Outline, build_outline
from desktopapp.narrative.reading.claims import ClaimBook, build_claim_book
from desktopapp.narrative.reading.harvest import ValueSpec, build_harvest

#: The one section of an outline that is replaced word by word, not as a whole.
WORDS = "selfeval"
#: Folder of what all templates share.
COMMON = "common"


def load_fact_book(root: Path, template_id: str) -> FactBook:
    """Return the facts and input tables of a template below ``root`` (resources/templates).

    Declarations of a template, or of one it extends, replace the common ones of the same id.
    Raises TemplateError naming file, key and reason.
    """
    folders = (COMMON, *reversed(lineage(root, template_id)))
    facts = {f"{n}/facts.toml": read_toml(root / n / "facts.toml", f"{n}/facts.toml") for n in folders}
    inputs = {f"{n}/inputs.toml": read_toml(root / n / "inputs.toml", f"{n}/inputs.toml") for n in folders}
    return build_fact_book(facts, inputs)


def load_claim_book(root: Path) -> ClaimBook:
    """Return what sentences claim by their words; raises TemplateError."""
    shown = f"{COMMON}/claims.toml"
    return build_claim_book(read_toml(root / COMMON / "claims.toml", shown, required=True), shown)


def load_harvest(root: Path) -> tuple[ValueSpec, ...]:
    """Return which values are read from a published text; raises TemplateError."""
    shown = f"{COMMON}/harvest.toml"
    return build_harvest(read_toml(root / COMMON / "harvest.toml", shown, required=True), shown)


def lineage(root: Path, template_id: str) -> tuple[str, ...]:
    """Return the template and those it extends, nearest first; raises TemplateError for a circle."""
    found: list[str] = []
    while template_id:
        shown = f"{template_id}/template.toml"
        if template_id in found:
            raise TemplateError(shown, "extends", f"模板相互引用：{' → '.join((*found, template_id))}。")
        found.append(template_id)
        extends = read_toml(root / template_id / "template.toml", shown, required=True).get("extends", "")
        template_id = extends if isinstance(extends, str) else ""
    return tuple(found)


def read_toml(path: Path, shown: str, *, required: bool = False) -> dict[str, Any]:
    """Return a TOML file, empty when it does not exist and is not required; raises TemplateError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise TemplateError(shown, "文件", "找不到这个文件，请检查模板编号和文件夹。") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(shown, "文件", f"读不出来（{error}）。") from error
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(shown, "文件", f"不是合格的 TOML（{error}）。") from error


def load_outline(root: Path, template_id: str) -> Outline:
    """Return the outline of a template below ``root`` with its sentence templates and the stock of explanations.

    What a template does not declare comes from the one it extends; sentence templates are looked for in its own folder
    ``text``, then in those it extends, then in ``common/text``. Raises TemplateError naming file, key and reason.
    """
    names = (COMMON, *reversed(lineage(root, template_id)))
    raw: dict[str, Any] = {}
    texts: dict[str, tuple[str, str]] = {}
    layouts = load_raw_layouts(root, names)
    for name in names:
        own = read_toml(root / name / "outline.toml", f"{name}/outline.toml")
        raw |= own | {WORDS: {**raw.get(WORDS, {}), **own.get(WORDS, {})}}
        texts |= _read_texts(root / name / "text", f"{name}/text")
    stock = root.parent / "codes" / "explanations.toml"
    glossary = build_glossary(read_toml(stock, "codes/explanations.toml"), "codes/explanations.toml")
    return build_outline(template_id, raw, f"{template_id}/outline.toml", texts, glossary, layouts)


def load_raw_layouts(root: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the declared layouts of self-evaluation forms; later folders replace those of the same id."""
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        shown = f"{name}/selfeval_layouts.toml"
        raw = read_toml(root / name / "selfeval_layouts.toml", shown).get("layout", [])
        if not isinstance(raw, list) or not all(isinstance(table, dict) and table.get("id") for table in raw):
            raise TemplateError(shown, "layout", "每个表式都应当是一张 [[layout]] 表，并写有 id。")
        found |= {str(table["id"]): table for table in raw}
    return list(found.values())


def _read_texts(folder: Path, shown: str) -> dict[str, tuple[str, str]]:
    found = {}
    for path in sorted(folder.glob("*.txt")):
        try:
            found[path.name] = (f"{shown}/{path.name}", path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(f"{shown}/{path.name}", "文件", f"读不出来（{error}）。") from error
    return found
