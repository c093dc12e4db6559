"""Reads templates from their folders under resources/templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from desktopapp.core.cycles import check_computation
from desktopapp.core.elsewhere import Elsewhere
from desktopapp.core.elsewhere_build import build_elsewhere
from desktopapp.core.relations import rule_book
from desktopapp.core.template import Template, TemplateError
from desktopapp.core.template_build import build_template
from desktopapp.core.template_fields import Fields

_COMMON, _ELSEWHERE = "common", "elsewhere.toml"


def list_templates(root: Path) -> list[str]:
    """Return the ids of all templates below ``root`` (resources/templates), sorted."""
    return sorted(p.parent.name for p in root.glob("*/template.toml"))


def load_template(root: Path, template_id: str) -> Template:
    """Return the template of a folder, relations and all proven well formed.

    Raises TemplateError naming file, key and reason.
    """
    where = f"{template_id}/template.toml"
    head, forms, relations = _gather(root, template_id, ())
    template = build_template(head, forms, relations, where, _read_elsewhere(root))
    if template.id != template_id:
        raise TemplateError(where, "id", f"应与文件夹同名，写成 {template_id!r}，现在是 {template.id!r}。")
    check_computation(template, rule_book(template))
    return template


def kept_template(root: Path, template_id: str) -> Template:
    """Return a template as ``load_template`` does, read only once as long as no file below ``root`` changes."""
    return _kept(root, template_id, max((p.stat().st_mtime_ns for p in root.rglob("*.toml")), default=0))


@lru_cache(maxsize=16)
def _kept(root: Path, template_id: str, _changed: int) -> Template:
    return load_template(root, template_id)


_Raw = Mapping[str, Any]


def _gather(root: Path, template_id: str, seen: tuple[str, ...]) -> tuple[_Raw, dict[str, _Raw], dict[str, _Raw]]:
    """Return head, forms and relations of a template laid over those it extends."""
    folder = root / template_id
    where = f"{template_id}/template.toml"
    if template_id in seen:
        raise TemplateError(where, "extends", f"模板相互引用：{' → '.join((*seen, template_id))}。")
    own = _read(folder / "template.toml", where)
    asks = Fields(own, where)
    base = asks.text("extends", "")
    defaults = asks.table("form_defaults")
    head: dict[str, Any] = {}
    forms: dict[str, _Raw] = {}
    relations: dict[str, _Raw] = {}
    if base:
        inherited, forms, relations = _gather(root, base, (*seen, template_id))
        head.update({k: v for k, v in inherited.items() if k not in ("extends", "relations", "drop", "id")})
    head.update({k: v for k, v in own.items() if k != "form_defaults"})
    for name in asks.texts("relations", []):
        if not (root / name).is_dir():
            raise asks.fail("relations", f"找不到文件夹 {name}。")
        relations |= _read_relations(root / name, name)
        forms |= _read_forms(root / name, name, {}, {})
    forms = {k: {**v, **defaults} for k, v in forms.items()}
    forms |= _read_forms(folder, template_id, forms, defaults)
    relations |= _read_relations(folder, template_id)
    for dropped in asks.texts("drop", []):
        kept = {k: v for k, v in forms.items() if v.get("id") != dropped}
        if len(kept) == len(forms):
            raise asks.fail("drop", f"没有表 {dropped}。")
        forms = kept
    return head, forms, relations


def _read_forms(folder: Path, name: str, below: Mapping[str, _Raw], defaults: _Raw) -> dict[str, _Raw]:
    """Return the forms of a folder; a form that is already known changes only the keys it names."""
    return {
        path.name: {**below.get(path.name, defaults), **_read(path, f"{name}/forms/{path.name}")}
        for path in sorted((folder / "forms").glob("*.toml"))
    }


def _read_relations(folder: Path, name: str) -> dict[str, _Raw]:
    return {f"{name}/{p.name}": _read(p, f"{name}/{p.name}") for p in sorted(folder.glob("relations*.toml"))}


def _read_elsewhere(root: Path) -> Elsewhere:
    """Return what is known of other places' forms, nothing where there is no such file."""
    shown = f"{_COMMON}/{_ELSEWHERE}"
    path = root / _COMMON / _ELSEWHERE
    return build_elsewhere(_read(path, shown), shown) if path.is_file() else Elsewhere()


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TemplateError(shown, "文件", "找不到这个文件，请检查模板编号和文件夹。") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(shown, "文件", f"读不出来（{error}）。") from error
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(shown, "文件", f"不是合格的 TOML（{error}）。") from error
