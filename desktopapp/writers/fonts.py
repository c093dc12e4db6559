"""Which fonts a document asks for, and which of them the machine has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# The last ones are there so that a machine with few fonts still prints every character.
_SANS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "SimSun", "AR PL UMing CN", *_SANS)
#: Role → families of the type that GB/T 9704 prescribes, under all names they go by: those of Windows first, then those
#: that come with office suites on Linux.
PRESCRIBED: dict[str, tuple[str, ...]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"),
    "body": ("FangSong_GB2312", "FangSong", "STFangsong", "仿宋_GB2312", "仿宋", "FZFangSong-Z02", "方正仿宋_GBK"),
    "heading": ("SimHei", "黑体", "STHeiti", "FZHei-B01", "方正黑体_GBK"),
    "subheading": ("KaiTi_GB2312", "KaiTi", "STKaiti", "楷体_GB2312", "楷体", "FZKai-Z03", "方正楷体_GBK"),
    "table": ("SimSun", "宋体", "STSong", "FZShuSong-Z01", "方正书宋_GBK"),
}
#: Role → families that stand in, the best first.
SUBSTITUTES: dict[str, tuple[str, ...]] = {
    "title": ("STZhongsong", "华文中宋", *_SERIF),
    "body": _SERIF,
    "heading": _SANS,
    "subheading": ("AR PL UKai CN", *_SERIF),
    "table": _SERIF,
}
FAMILIES: dict[str, tuple[str, ...]] = {role: PRESCRIBED[role] + SUBSTITUTES[role] for role in PRESCRIBED}
#: Digits and letters of text and tables: as wide as in Word, so that lines and pages break alike.
LATIN = ("Times New Roman", "Liberation Serif", "Tinos", "Nimbus Roman")
#: Signs such as boxes to be ticked, which text families lack.
SYMBOLS = ("Segoe UI Symbol", "Noto Sans Symbols2", "Noto Sans Symbols 2", "Apple Symbols", "DejaVu Sans")
#: What each role is called, and the family that the standard asks for.
ROLES = {
    "title": ("标题", "方正小标宋简体"),
    "body": ("正文", "仿宋"),
    "heading": ("一级标题", "黑体"),
    "subheading": ("二级标题", "楷体"),
    "table": ("表格", "宋体"),
}


#: Role → the family that the user wants in place of the prescribed one.
FontChoice = Mapping[str, str]
#: What Word is told: it substitutes by itself where the machine lacks a family.
WORD = {"title": "方正小标宋简体", "body": "仿宋", "heading": "黑体", "subheading": "楷体", "table": "宋体"}


def word_families(chosen: FontChoice | None = None) -> dict[str, str]:
    """Return for each role the family that a Word document asks for."""
    return WORD | {role: family for role, family in (chosen or {}).items() if family and role in WORD}


def typeset_families(chosen: FontChoice | None = None) -> dict[str, list[str | dict[str, str]]]:
    """Return for each role the families in the order in which the typesetter looks for a character."""
    wanted = chosen or {}
    latin: list[str | dict[str, str]] = [{"name": name, "covers": "latin-in-cjk"} for name in LATIN]
    return {
        role: [
            *([] if role in ("title", "heading") else latin),
            *([wanted[role]] if wanted.get(role) else []),
            *families,
            *SYMBOLS,
        ]
        for role, families in FAMILIES.items()
    }


@dataclass(frozen=True, slots=True)
class FontUse:
    """One role with the family the standard asks for and the one that is used ("" when none was found)."""

    role: str
    wanted: str
    used: str
    substitute: bool


def font_report(available: Iterable[str], chosen: FontChoice | None = None) -> list[FontUse]:
    """Return for each role which family a machine with these families uses; a chosen one counts as prescribed."""
    own = chosen or {}
    have = {name.casefold(): name for name in available}
    report = []
    for key, (role, wanted) in ROLES.items():
        choice = (own[key],) if own.get(key) else ()
        used = next((have[f.casefold()] for f in (*choice, *FAMILIES[key]) if f.casefold() in have), "")
        prescribed = used.casefold() in {f.casefold() for f in (choice or PRESCRIBED[key])}
        report.append(FontUse(role, choice[0] if choice else wanted, used, not prescribed))
    return report


def available_families() -> list[str]:
    """Return the font families that the typesetter finds on this machine."""
    import typst

    return [str(name) for name in typst.Fonts().families()]
