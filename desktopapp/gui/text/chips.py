"""Chips of the text editor, pieces that stand for a fact: their marks on the formats of a text, and finding them."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextFormat, QTextFragment

#: What a chip is kept as, the id of its fact, the number that tells neighbouring chips apart, its state.
HOLDER = QTextFormat.Property.UserProperty + 1
FACT = QTextFormat.Property.UserProperty + 2
SERIAL = QTextFormat.Property.UserProperty + 3
STATE = QTextFormat.Property.UserProperty + 4
#: What stands before a whole line in the stored text.
PREFIX = QTextFormat.Property.UserProperty + 5


def fragments(block: QTextBlock) -> list[QTextFragment]:
    """Return the pieces of a line that have one format each."""
    found = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        if fragment.isValid():
            found.append(fragment)
        iterator += 1
    return found


def first_chip(document: QTextDocument, mark: int, value: str, behind: int = 0) -> QTextCursor | None:
    """Return a cursor that selects the first chip at or behind a position of which a mark has a value."""
    block = document.findBlock(behind)
    while block.isValid():
        for piece in fragments(block):
            form = piece.charFormat()
            if piece.position() >= behind and form.property(HOLDER) and form.property(mark) == value:
                cursor = QTextCursor(document)
                cursor.setPosition(piece.position())
                cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                return cursor
        block = block.next()
    return None
