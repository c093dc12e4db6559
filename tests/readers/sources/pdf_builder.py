"""PDF files written by hand, so that tests decide how every rule and glyph is drawn and in what order."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class PdfPage:
    """One page; coordinates in points from the top left corner of the upright page, y down."""

    width: float = 595
    height: float = 842
    rotate: int = 0
    sideways: bool = False
    operations: list[str] = field(default_factory=list)

    def text(self, x: float, base: float, text: str, size: float = 10, *, glyph_by_glyph: bool = False) -> None:
        """Write text with its baseline at `base`."""
        pieces = [(x, text)]
        if glyph_by_glyph:
            pieces = []
            for char in text:
                pieces.append((x, char))
                x += text_width(char, size)
        for left, piece in pieces:
            code = piece.encode("utf-16-be").hex()
            matrix = f"1 0 0 1 {left:.3f} {self.height - base:.3f}"
            self.operations.append(f"BT /F1 {size} Tf {matrix} Tm <{code}> Tj ET")

    def turned_text(self, x: float, base: float, text: str, size: float = 10) -> None:
        """Write text that runs downwards (a quarter turn clockwise), starting at (x, base)."""
        code = text.encode("utf-16-be").hex()
        self.operations.append(f"BT /F1 {size} Tf 0 -1 1 0 {x:.3f} {self.height - base:.3f} Tm <{code}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5, dash: str = "") -> None:
        """Stroke a line."""
        style = f"{dash} d " if dash else ""
        self.operations.append(
            f"q {style}{width} w {x0:.3f} {self.height - y0:.3f} m {x1:.3f} {self.height - y1:.3f} l S Q"
        )

    def fill(self, x0: float, y0: float, x1: float, y1: float, grey: float = 0) -> None:
        """Fill a rectangle."""
        self.operations.append(f"q {grey} g {x0:.3f} {self.height - y1:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re f Q")

    def box(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        """Stroke a rectangle."""
        self.operations.append(f"{width} w {x0:.3f} {self.height - y1:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re S")

    def picture(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Place a picture of one grey dot."""
        self.operations.append(
            f"q {x1 - x0:.3f} 0 0 {y1 - y0:.3f} {x0:.3f} {self.height - y1:.3f} cm "
            "BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
        )

    def shuffle(self, seed: int) -> None:
        """Put the operations in a random order: the order of the content stream must not matter."""
        random.Random(seed).shuffle(self.operations)


def text_width(text: str, size: float) -> float:
    """Return the width of text: half an em for ASCII, one em for everything else."""
    return sum(0.5 if char.isascii() else 1.0 for char in text) * size


def build_pdf(pages: list[PdfPage]) -> bytes:
    """Return the file."""
    objects: list[bytes] = [b"", b""]
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 5 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    objects.extend(font)
    kids = []
    for page in pages:
        content = "\n".join(page.operations)
        width, height = page.width, page.height
        if page.sideways:
            # The page is upright, its content is drawn a quarter turn counter-clockwise.
            content = f"0 1 -1 0 {height:.3f} 0 cm\n{content}"
            width, height = height, width
        stream = content.encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {page.rotate} "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>".encode()
        )
        kids.append(len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
