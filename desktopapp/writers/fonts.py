"""Which fonts a document asks for, and which of them the machine has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Role → families, the prescribed ones of GB/T 9704 first, free substitutes behind.
FAMILIES: dict[str, tuple[str, ...]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun"),
    "body": ("FangSong_GB2312", "FangSong", "STFangsong", "仿宋", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun"),
    "heading": ("SimHei", "黑体", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"),
    "subheading": ("KaiTi_GB2312", "KaiTi", "STKaiti", "楷体", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun"),
    "table": ("SimSun", "宋体", "STSong", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC"),
}  # fmt: skip
#: What each role is called, and the family that the standard asks for.
ROLES = {
    "title": ("标题", "方正小标宋简体"),
    "body": ("正文", "仿宋"),
    "heading": ("一级标题", "黑体"),
    "subheading": ("二级标题", "楷体"),
    "table": ("表格", "宋体"),
}
_PRESCRIBED = 4


@dataclass(frozen=True, slots=True)
class FontUse:
    """One role with the family the standard asks for and the one that is used ("" when none was found)."""

    role: str
    wanted: str
    used: str
    substitute: bool


def font_report(available: Iterable[str]) -> list[FontUse]:
    """Return for each role which family a machine with these families uses."""
    have = {name.casefold(): name for name in available}
    report = []
    for key, (role, wanted) in ROLES.items():
        at, used = next(
            ((i, have[f.casefold()]) for i, f in enumerate(FAMILIES[key]) if f.casefold() in have), (99, "")
        )
        report.append(FontUse(role, wanted, used, at >= _PRESCRIBED))
    return report


def available_families() -> list[str]:
    """Return the font families that the typesetter finds on this machine."""
    import typst

    return [str(name) for name in typst.Fonts().families()]
