"""Paragraph styles of the Word document after GB/T 9704, so that an office can go on working with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from desktopapp.writers.docx_table import LATIN, element
from desktopapp.writers.pages import BODY_LINE, BODY_SIZE, CONTENTS_SIZE, TEXT

_HEADINGS = {1: ("title", 22, False), 2: ("heading", 16, False), 3: ("subheading", 16, False), 4: ("body", 16, True)}


def set_styles(word: WordDocument, contents_line: float, fonts: Mapping[str, str]) -> None:
    """Give Normal, Body Text, Heading 1–4 and TOC 1–2 the type of ``fonts`` (family by role)."""
    _set_language(word)
    _set_punctuation(word)
    normal: Any = word.styles["Normal"]
    _set_font(normal, fonts["body"], BODY_SIZE, bold=False)
    _set_shape(normal, BODY_LINE)
    body: Any = word.styles["Body Text"]
    _set_shape(body, BODY_LINE, indent=2 * BODY_SIZE)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for level, (role, size, bold) in _HEADINGS.items():
        style: Any = word.styles[f"Heading {level}"]
        _set_font(style, fonts[role], size, bold=bold)
        _set_shape(style, 34 if level == 1 else BODY_LINE, indent=0 if level == 1 else 2 * BODY_SIZE)
        style.paragraph_format.keep_with_next = True
        if level == 1:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            style.paragraph_format.space_after = Pt(14)
    for level in (1, 2):
        style = word.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), f"TOC{level}")
        style.base_style = normal
        _set_font(style, fonts["heading" if level == 1 else "body"], CONTENTS_SIZE, bold=False)
        _set_shape(style, contents_line)
        style.paragraph_format.left_indent = Pt(CONTENTS_SIZE * (level - 1))
        style.paragraph_format.right_indent = Pt(2 * CONTENTS_SIZE)
        style.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT.inner_width), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _set_language(word: WordDocument) -> None:
    """Say that the text is Chinese: punctuation, line breaks and proofing follow from it."""
    styles: Any = word.styles.element
    for look in styles.iter(qn("w:rPrDefault")):
        for lang in list(look.iter(qn("w:lang"))):
            lang.getparent().remove(lang)
        properties = look.find(qn("w:rPr"))
        if properties is not None:
            properties.append(element("w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))


def _set_punctuation(word: WordDocument) -> None:
    """Let punctuation marks that follow each other move together, as Chinese programs set text by default."""
    settings: Any = word.settings.element
    for found in settings.findall(qn("w:characterSpacingControl")):
        found.set(qn("w:val"), "compressPunctuation")


def _set_shape(style: Any, line: float, *, indent: float = 0) -> None:
    shape = style.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    shape.first_line_indent, shape.space_before, shape.space_after = Pt(indent), Pt(0), Pt(0)


def _set_font(style: Any, font: str, size: float, *, bold: bool) -> None:
    style.font.size, style.font.bold = Pt(size), bold
    style.font.italic, style.font.color.rgb = False, RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font if script == "eastAsia" else LATIN)
    fonts.set(qn("w:hint"), "eastAsia")
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
