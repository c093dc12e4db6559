"""Icons of toolbar and buttons: line drawings in the colour of the text, sharp on any screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktopapp.resources import resource_root

#: Edge lengths in pixels: toolbars at 100 and 200 percent; what lies between is scaled down.
_SIZES = (18, 36)


def icon(name: str, palette: QPalette) -> QIcon:
    """Return a drawing of resources/icons in the palette's text colours; an unknown name gives an empty icon."""
    try:
        source = (resource_root() / "icons" / f"{name}.svg").read_text("utf-8")
    except OSError:
        return QIcon()
    found = QIcon()
    for mode, group in ((QIcon.Mode.Normal, QPalette.ColorGroup.Active), (QIcon.Mode.Disabled, _disabled())):
        colour = palette.color(group, QPalette.ColorRole.ButtonText)
        for size in _SIZES:
            found.addPixmap(_drawn(source, colour, size), mode)
    return found


def app_icon() -> QIcon:
    """Return the icon of the program."""
    try:
        source = (resource_root() / "icons" / "app.svg").read_text("utf-8")
    except OSError:
        return QIcon()
    found = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        found.addPixmap(_drawn(source, QColor("black"), size))
    return found


def _disabled() -> QPalette.ColorGroup:
    return QPalette.ColorGroup.Disabled


def _drawn(source: str, colour: QColor, size: int) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour.name()).encode()))
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
