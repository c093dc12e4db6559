"""Draws the program's icons: python -m installer.package.icons FOLDER (needs the program's own environment for Qt)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "resources" / "icons" / "app.svg"
REPORT = Path(__file__).parent / "report.svg"
#: Width and height of the picture beside the text of the Windows installer.
SIDE = (164, 314)
SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(folder: Path) -> None:
    """Write app-SIZE.png, report-SIZE.png, and for Windows app.ico, report.ico and side.bmp into the folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QByteArray, QRectF, Qt
    from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in (("app", PROGRAM), ("report", REPORT)):
        renderer = QSvgRenderer(QByteArray(source.read_bytes()))
        pictures = []
        for size in SIZES:
            image = QImage(size, size, QImage.Format.Format_ARGB32)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            renderer.render(painter)
            painter.end()
            target = folder / f"{name}-{size}.png"
            image.save(str(target))
            pictures.append(target.read_bytes())
        (folder / f"{name}.ico").write_bytes(windows_icon(pictures))
    side = QImage(*SIDE, QImage.Format.Format_RGB888)
    side.fill(QColor("#f3ece1"))
    painter = QPainter(side)
    edge = SIDE[0] - 60
    QSvgRenderer(QByteArray(PROGRAM.read_bytes())).render(painter, QRectF(30, 48, edge, edge))
    painter.end()
    side.save(str(folder / "side.bmp"))
    del application


def windows_icon(pictures: list[bytes]) -> bytes:
    """Return the contents of a .ico file that holds these square PNG pictures of at most 256 pixels."""
    offset = 6 + 16 * len(pictures)
    head, body = (0).to_bytes(2, "little") + (1).to_bytes(2, "little") + len(pictures).to_bytes(2, "little"), b""
    for png in pictures:
        edge = int.from_bytes(png[16:20], "big") % 256  # 0 stands for 256
        sizes = len(png).to_bytes(4, "little") + (offset + len(body)).to_bytes(4, "little")
        head += bytes((edge, edge, 0, 0, 1, 0, 32, 0)) + sizes
        body += png
    return head + body


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
