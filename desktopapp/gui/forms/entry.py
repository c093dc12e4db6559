"""What somebody typed as a code or a name, made into a code and a name. No Qt here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from desktopapp.core.amount import shown
from desktopapp.core.catalogue import Catalogue, Entry
from desktopapp.core.commands import CommandError
from desktopapp.core.levels import base

_CODE_FIRST = re.compile(r"(\d+)\s*(.*)", re.DOTALL)
_SHOWN = 3
_KINDS = {"functional": "支出功能分类", "economic": "经济分类"}


def resolve_code(text: str, catalogue: Catalogue | None, near: Collection[str] = ()) -> tuple[str, str]:
    """Return (code, name) for "2010301", "2010301 行政运行" or a name that only one code has.

    ``near`` are the codes already in the form: of codes with the same name, the one among their siblings is meant.
    The name is empty where the catalogue's is to be taken. Raises CommandError with a sentence for the user.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _CODE_FIRST.fullmatch(folded)
    if match is not None:
        return _known(match.group(1), match.group(2).strip(), catalogue)
    if catalogue is None:
        raise CommandError(f"没有科目目录，不能按名称“{shown(folded)}”查找；请录入编码和名称，例如“2010301 行政运行”。")
    found = _named(folded, catalogue, near)
    if len(found) == 1:
        return found[0].code, ""
    if not found:
        raise CommandError(f"{catalogue.year}年科目目录里没有“{shown(folded)}”，请核对名称，或录入编码。")
    listed = "、".join(f"{e.code} {e.name}" for e in found[:_SHOWN])
    more = f"等 {len(found)} 个" if len(found) > _SHOWN else ""
    raise CommandError(f"“{shown(folded)}”可能是 {listed}{more}，请从列表中选择或录入编码。")


def _known(code: str, name: str, catalogue: Catalogue | None) -> tuple[str, str]:
    if catalogue is None or code in catalogue or not catalogue.levels.well_formed(code):
        # A code of the wrong length is refused with better words where the form is known.
        return code, name
    outermost = code[: catalogue.levels.lengths[0]]
    if outermost not in catalogue:
        kind = _KINDS[catalogue.kind]
        raise CommandError(
            f"{shown(code)} 不是{kind}科目（没有 {outermost} 这一类），请核对编码，或检查是不是放错了表。"
        )
    if name:
        return code, name
    others = catalogue.in_other_years(code)
    hint = f"（其他年度为“{others[0].name}”）" if others else ""
    raise CommandError(
        f"{catalogue.year}年科目目录里没有编码 {shown(code)}{hint}，请核对；"
        f"确需使用时请连名称一起录入，例如“{shown(code)} 名称”。"
    )


def _named(text: str, catalogue: Catalogue, near: Collection[str]) -> list[Entry]:
    """Return the entries that a name may mean: those of exactly this name, or else those that contain it."""
    hits = catalogue.search(text, limit=50, near=near)
    exact = [e for e in hits if e.accepts(text)] or hits
    codes = {base(row) for row in near}
    free = [e for e in exact if e.code not in codes] or exact
    siblings = [e for e in free if catalogue.levels.parent(e.code) in codes]
    return siblings if len(siblings) == 1 else free
