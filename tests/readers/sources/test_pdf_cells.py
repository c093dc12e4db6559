"""Words put into the cells of a ruled table."""

from __future__ import annotations

from desktopapp.readers.sources.pdf_cells import cell_text, words_in_cells
from desktopapp.readers.sources.pdf_lattice import Lattice, Span
from desktopapp.readers.sources.pdf_text import Glyph, Word

SIZE = 10.0


def glyphs(text: str, x: float, run: int, base: float = 20.0) -> list[Glyph]:
    return [
        Glyph(c, x + SIZE * n, base - SIZE, x + SIZE * (n + 1), base, base, SIZE, False, run)
        for n, c in enumerate(text)
    ]


def test_a_bracket_that_hangs_over_the_wall_belongs_behind_it() -> None:
    """Half of the square of 「（」 is empty; a second line of a name beside a label must not be taken for its end."""
    lattice = Lattice((0.0, 50.0, 150.0), (0.0, 30.0), (Span(0, 0, 1, 1), Span(0, 1, 1, 1)))
    word = Word([*glyphs("数量指标", 5.0, 1), *glyphs("（分）", 47.0, 2)])
    inside, outside = words_in_cells(lattice, [word])
    assert [cell_text(words) for words in inside] == ["数量指标", "（分）"]
    assert outside == []


def test_a_text_that_runs_over_the_edge_stays_whole() -> None:
    lattice = Lattice((0.0, 50.0, 150.0), (0.0, 30.0), (Span(0, 0, 1, 1), Span(0, 1, 1, 1)))
    inside, _ = words_in_cells(lattice, [Word(glyphs("数量指标数量", 3.0, 1))])
    assert [cell_text(words) for words in inside] == ["数量指标数量", ""]
