"""Colours and fonts of the program, light and dark, shared by the form view, the docks and the dialogs.

A widget finds its theme with ``theme_of(self.palette())``: there is no global state, and a change of the system's
colours arrives as an ordinary palette change.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from desktopapp.core.findings import Severity
from desktopapp.resources import resource_root

#: Families for the screen: the first one installed is taken.
SANS = (
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "SimHei",
)
#: Families for the titles of forms, as in print.
SERIF = ("FZXiaoBiaoSong-B05S", "STZhongsong", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun")
#: Point size of forms at 100 %.
SHEET_POINTS = 10.0
#: Sign of each severity, so that the colour is never the only one.
SIGNS = {Severity.ERROR: "▲", Severity.WARNING: "◆", Severity.ROUNDING: "≈", Severity.INFO: "○", Severity.ACCEPTED: "✓"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Colours of one severity: background of a cell, ink of signs and lines, ink of text."""

    fill: str
    sign: str
    ink: str


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours, as #rrggbb or #aarrggbb.

    ``desk`` lies behind the ``sheet``; ``line`` rules the body, ``frame`` the header and the outside of a form.
    ``computed`` is the ink of automatic amounts, ``outline`` marks the cells of a relation, ``accent`` the current
    cell and the selection.
    """

    dark: bool
    desk: str
    sheet: str
    edge: str
    ink: str
    faint: str
    line: str
    frame: str
    head: str
    head_ink: str
    total: str
    still: str
    computed: str
    computed_fill: str
    accent: str
    selected: str
    outline: str
    panel: str
    field: str
    good: str
    error: Mark
    warning: Mark
    rounding: Mark
    info: Mark

    def mark(self, severity: Severity) -> Mark:
        """Return the colours of a severity."""
        accepted = Mark(self.still, self.faint, self.faint)
        return (self.error, self.warning, self.rounding, self.info, accepted)[severity]


LIGHT = Theme(
    dark=False,
    desk="#e7e9ec",
    sheet="#ffffff",
    edge="#cfd3d8",
    ink="#1d2126",
    faint="#8a929c",
    line="#c9ced4",
    frame="#7d8590",
    head="#f2f4f6",
    head_ink="#2a2f36",
    total="#f7f8f9",
    still="#fafafa",
    computed="#44688c",
    computed_fill="#f3f7fb",
    accent="#2f6fb3",
    selected="#2e2f6fb3",
    outline="#7a52b3",
    panel="#f6f7f8",
    field="#ffffff",
    good="#2d7d46",
    error=Mark("#fbdcd9", "#c62f24", "#a3241b"),
    warning=Mark("#fdeccb", "#b97400", "#8a5700"),
    rounding=Mark("#eef2f6", "#6b87a3", "#4e6a86"),
    info=Mark("#eef5f2", "#3d8a6f", "#2f6d57"),
)

DARK = Theme(
    dark=True,
    desk="#15171a",
    sheet="#212429",
    edge="#33383f",
    ink="#e3e6ea",
    faint="#87909b",
    line="#3b4149",
    frame="#6d7682",
    head="#2b2f36",
    head_ink="#d5dae0",
    total="#272b31",
    still="#24272c",
    computed="#8fb8e0",
    computed_fill="#232a32",
    accent="#5b9bdd",
    selected="#3c5b9bdd",
    outline="#b794f0",
    panel="#1d2024",
    field="#26292f",
    good="#6cc08a",
    error=Mark("#54282a", "#ff7b70", "#ffa39b"),
    warning=Mark("#4d3d1c", "#f0b342", "#f5cb80"),
    rounding=Mark("#2a323b", "#8aa8c6", "#a9c1d9"),
    info=Mark("#24332e", "#63b898", "#8fd0b8"),
)


def theme_of(palette: QPalette) -> Theme:
    """Return the theme that goes with a palette: dark when its windows are darker than their text."""
    return DARK if palette.window().color().lightness() < palette.windowText().color().lightness() else LIGHT


def qt_palette(theme: Theme) -> QPalette:
    """Return the palette for all ordinary widgets."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, theme.panel),
        (role.WindowText, theme.ink),
        (role.Base, theme.field),
        (role.AlternateBase, theme.still),
        (role.Text, theme.ink),
        (role.PlaceholderText, theme.faint),
        (role.Button, theme.head),
        (role.ButtonText, theme.ink),
        (role.BrightText, theme.error.sign),
        (role.Highlight, theme.accent),
        (role.HighlightedText, "#ffffff" if not theme.dark else "#10131a"),
        (role.ToolTipBase, theme.field),
        (role.ToolTipText, theme.ink),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.outline),
        (role.Light, theme.sheet),
        (role.Midlight, theme.head),
        (role.Mid, theme.line),
        (role.Dark, theme.frame),
        (role.Shadow, theme.edge),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.faint))
    return palette


def style_sheet(theme: Theme) -> str:
    """Return the few rules that a palette cannot say."""
    return (
        f"QToolTip {{ color: {theme.ink}; background: {theme.field}; border: 1px solid {theme.edge}; padding: 4px; }}"
        f"QMainWindow::separator {{ background: {theme.edge}; width: 1px; height: 1px; }}"
        f"QToolBar {{ border: 0; border-bottom: 1px solid {theme.edge}; padding: 2px; spacing: 2px; }}"
        f"QStatusBar {{ border-top: 1px solid {theme.edge}; }}"
        "QStatusBar::item { border: 0; }"
        # Which pane has the keyboard must be seen; the forms show it by the frame of their current cell.
        f'QAbstractItemView[pane="true"] {{ border: 1px solid {theme.edge}; }}'
        f'QAbstractItemView[pane="true"]:focus {{ border: 1px solid {theme.accent}; }}'
    ) + (_boxes(theme) if theme.dark else "")


def _boxes(theme: Theme) -> str:
    """Return boxes with visible frames; Fusion draws those of a dark window darker than the window."""
    tick = (resource_root() / "icons" / "tick.svg").as_posix()
    both = f"width: 13px; height: 13px; border: 1px solid {theme.frame}; background: {theme.field};"
    on = f"border-color: {theme.accent}; background: {theme.accent};"
    dot = f"qradialgradient(cx:0.5, cy:0.5, radius:0.5, stop:0.45 {theme.accent}, stop:0.6 {theme.field})"
    off = f"border-color: {theme.line};"
    return (
        f"QCheckBox::indicator {{ {both} border-radius: 2px; }}"
        f'QCheckBox::indicator:checked {{ {on} image: url("{tick}"); }}'
        f"QCheckBox::indicator:indeterminate {{ border-color: {theme.accent}; background: {theme.frame}; }}"
        f"QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ {off} }}"
        f"QRadioButton::indicator {{ {both} border-radius: 7px; }}"
        f"QRadioButton::indicator:checked {{ border-color: {theme.accent}; background: {dot}; }}"
    )


def ui_font(points: float = 9.5) -> QFont:
    """Return the font of menus, lists and dialogs."""
    font = QFont(list(SANS))
    font.setPointSizeF(points)
    return font


def sheet_font(zoom: float = 1.0, *, bold: bool = False) -> QFont:
    """Return the font of the forms: digits all of one width."""
    font = QFont(list(SANS))
    font.setPointSizeF(SHEET_POINTS * zoom)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def title_font(zoom: float = 1.0) -> QFont:
    """Return the font of the titles of forms."""
    font = QFont(list(SERIF))
    font.setPointSizeF(SHEET_POINTS * 1.6 * zoom)
    font.setBold(True)
    return font


def apply_theme(app: QApplication, theme: Theme | None = None) -> Theme:
    """Give the whole program Fusion style, fonts and colours; without a theme, those of the system's light or dark."""
    chosen = theme if theme is not None else theme_of(app.palette())
    app.setStyle("Fusion")
    app.setPalette(qt_palette(chosen))
    app.setFont(ui_font())
    app.setStyleSheet(style_sheet(chosen))
    return chosen
