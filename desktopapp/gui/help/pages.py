"""The pages of the manual and which of them belongs to a place of the window. No Qt here."""

from __future__ import annotations

import html
from dataclasses import dataclass

from desktopapp.gui.window.actions import key_table
from desktopapp.resources import resource_root

KEYS = "快捷键"
#: Keys of the form itself, which are no menu entries.
_FORM_KEYS = (
    ("表格", "移动", "方向键"),
    ("表格", "确认并向下 / 向上", "Enter / Shift+Enter"),
    ("表格", "确认并向右 / 向左", "Tab / Shift+Tab"),
    ("表格", "修改单元格", "F2 或双击"),
    ("表格", "放弃修改", "Esc"),
    ("表格", "表首 / 表尾", "Ctrl+Home / Ctrl+End"),
    ("表格", "跳到数据边缘", "Ctrl+方向键"),
    ("表格", "扩大选区", "Shift+方向键"),
    ("表格", "缩放", "Ctrl+滚轮"),
)
#: Beginning of the key of a page → page of the manual; what is none of these is a form.
_BY_PAGE = (
    ("text.", "text"),
    ("source.", "text"),
    ("selfeval", "07-selfeval"),
    ("input.", "inputs"),
    ("", "02-typing"),
)
#: Module of a dialog or panel → page of the manual; the first that fits.
_BY_MODULE = (
    ("gui.window.settings_dialog", "settings"),
    ("gui.window.new_report", "01-begin"),
    ("gui.window.welcome", "01-begin"),
    ("gui.window.accept_dialog", "03-checking"),
    ("gui.window.findings", "03-checking"),
    ("gui.window.inspector", "03-checking"),
    ("gui.window.error_dialog", "troubles"),
    ("gui.window.export_dialog", "publishing"),
    ("gui.window.history", "04-files"),
    ("gui.window", "02-typing"),
    ("gui.versions", "04-files"),
    ("gui.sharing", "sharing"),
    ("gui.importing", "05-import-export"),
    ("gui.rounding", "06-rounding"),
    ("gui.publish", "publishing"),
    ("gui.progress", "progress"),
    ("gui.text", "text"),
    ("gui.inputs", "inputs"),
    ("gui.selfeval", "07-selfeval"),
    ("gui.suspects", "03-checking"),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """One page: its key (the name of its file), title, and text in Markdown; that of the shortcuts is made anew."""

    key: str
    title: str
    text: str


def topics() -> list[Topic]:
    """Return the pages in the order of ``contents.txt``; pages that it does not know stand before the shortcuts."""
    folder = resource_root() / "help"
    found = {}
    for path in sorted(folder.glob("*.md")):
        text = path.read_text("utf-8")
        found[path.stem] = Topic(path.stem, text.partition("\n")[0].lstrip("# ").strip(), text)
    wanted = [key for key in (folder / "contents.txt").read_text("utf-8").split() if key in found]
    return [found[key] for key in (*wanted, *(k for k in found if k not in wanted))]


def key_rows() -> list[tuple[str, str, str]]:
    """Return (menu, action, shortcut) of everything that has a shortcut, forms first."""
    return [*_FORM_KEYS, *key_table()]


def keys_html() -> str:
    """Return the table of shortcuts."""
    rows = "".join(
        f"<tr><td>{html.escape(group)}</td><td>{html.escape(what)}</td><td><b>{html.escape(key)}</b></td></tr>"
        for group, what, key in key_rows()
    )
    return f"<h1>{KEYS}</h1><table cellpadding='5' cellspacing='0' border='0' width='100%'>{rows}</table>"


def topic_of_page(key: str) -> str:
    """Return the key of the manual's page on a page of the window."""
    return next(topic for start, topic in _BY_PAGE if key.startswith(start))


def topic_of_module(module: str) -> str:
    """Return the key of the manual's page on the dialogs and panels of a module, "" when there is none."""
    name = module.removeprefix("desktopapp.")
    return next((topic for start, topic in _BY_MODULE if name.startswith(start)), "")


def matching(found: list[Topic], words: str) -> list[Topic]:
    """Return the pages that hold every word; those with a word in the title first."""
    wanted = words.lower().split()
    held = [t for t in found if all(w in t.text.lower() for w in wanted)]
    return sorted(held, key=lambda t: not any(w in t.title.lower() for w in wanted))
