"""Reads templates from their folders under resources/templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktopapp.core.template import Template, TemplateError
from desktopapp.core.template_build import build_template


def list_templates(root: Path) -> list[str]:
    """Return the ids of all templates below ``root`` (resources/templates), sorted."""
    return sorted(p.parent.name for p in root.glob("*/template.toml"))


def load_template(root: Path, template_id: str) -> Template:
    """Return the template of a folder; raises TemplateError naming file, key and reason."""
    head, forms, relations = _gather(root, template_id, ())
    return build_template(head, forms, relations, f"{template_id}/template.toml")


_Raw = Mapping[str, Any]


def _gather(root: Path, template_id: str, seen: tuple[str, ...]) -> tuple[_Raw, dict[str, _Raw], dict[str, _Raw]]:
    """Return head, forms and relations of a template laid over those it extends."""
    folder = root / template_id
    where = f"{template_id}/template.toml"
    if template_id in seen:
        raise TemplateError(where, "extends", f"模板相互引用：{' → '.join((*seen, template_id))}。")
    own = _read(folder / "template.toml", where)
    base = own.get("extends", "")
    if not isinstance(base, str):
        raise TemplateError(where, "extends", "应填写被沿用的模板编号。")
    head: dict[str, Any] = {}
    forms: dict[str, _Raw] = {}
    relations: dict[str, _Raw] = {}
    if base:
        inherited, forms, relations = _gather(root, base, (*seen, template_id))
        head.update(inherited)
    head.update({k: v for k, v in own.items() if k != "form_defaults"})
    for name in own.get("relations", []):
        relations |= _read_relations(root / str(name), str(name))
        forms |= _read_forms(root / str(name), str(name), {})
    forms = {k: {**v, **own.get("form_defaults", {})} for k, v in forms.items()}
    forms |= _read_forms(folder, template_id, {k: dict(v) for k, v in forms.items()})
    relations |= _read_relations(folder, template_id)
    for dropped in own.get("drop", []):
        forms = {k: v for k, v in forms.items() if v.get("id") != dropped}
    return head, forms, relations


def _read_forms(folder: Path, name: str, below: dict[str, dict[str, Any]]) -> dict[str, _Raw]:
    """Return the forms of a folder; a form that is already known changes only the keys it names."""
    found: dict[str, _Raw] = {}
    for path in sorted((folder / "forms").glob("*.toml")):
        raw = _read(path, f"{name}/forms/{path.name}")
        found[path.name] = {**below.get(path.name, {}), **raw}
    return found


def _read_relations(folder: Path, name: str) -> dict[str, _Raw]:
    return {f"{name}/{p.name}": _read(p, f"{name}/{p.name}") for p in sorted(folder.glob("relations*.toml"))}


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TemplateError(shown, "文件", "找不到这个文件，请检查模板编号和文件夹。") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(shown, "文件", f"读不出来（{error}）。") from error
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(shown, "文件", f"不是合格的 TOML（{error}）。") from error
