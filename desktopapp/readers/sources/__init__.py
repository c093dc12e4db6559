"""Sources: any file of last year, read into grids and paragraphs with their places; nothing is recognised here."""

from __future__ import annotations

from .detect import Kind
from .errors import OwnFormatError, ReadingCancelled, SourceError
from .model import Block, Box, Cell, Document, Grid, Paragraph, Position
from .read import read_document, read_text

__all__ = [
    "Block",
    "Box",
    "Cell",
    "Document",
    "Grid",
    "Kind",
    "OwnFormatError",
    "Paragraph",
    "Position",
    "ReadingCancelled",
    "SourceError",
    "read_document",
    "read_text",
]
