"""The page, fonts and styles of Party documents, put on python-docx's blank document."""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from pipelines.documents.wording import sound_text
from pipelines.styles import FONT

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section
    from docx.styles.style import ParagraphStyle

LANGUAGE = "vi-VN"
TEXT_SIZE, TABLE_SIZE = 14, 12
PAGE_SHORT, PAGE_LONG = 21.0, 29.7
"""A4, in cm."""
PORTRAIT_MARGINS = (2.0, 2.0, 3.0, 1.5)
LANDSCAPE_MARGINS = (2.0, 1.5, 2.0, 2.0)
"""Top, bottom, left, right, in cm."""
TEXT_STYLE, CELL_STYLE, CELL_STYLE_ID = "Body Text", "Table Cell", "TableCell"
HEADINGS = ("Heading 1", "Heading 2", "Heading 3")
_EFFECTS = "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects"
_THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
_KEPT_TABLES = ("TableNormal", "TableGrid")


def blank_document(title: str, author: str, written: date) -> WordDocument:
    """An empty A4 document in the house style. `written`: the day its properties give, so that bytes do not vary."""
    document = Document(io.BytesIO(_house_template()))
    properties = document.core_properties
    properties.title, properties.subject = sound_text(title)[:255], ""
    properties.author = properties.last_modified_by = sound_text(author)[:255]
    properties.created = properties.modified = datetime(written.year, written.month, written.day)  # noqa: DTZ001
    properties.language, properties.comments, properties.keywords, properties.revision = LANGUAGE, "", "", 1
    return document


@cache
def _house_template() -> bytes:
    """The blank document, made once: reading what python-docx brings takes most of a letter's time."""
    document = Document()
    _drop_leftovers(document)
    _fonts(document)
    _paragraphs(document)
    _settings(document)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def set_page(section: Section, *, landscape: bool) -> None:
    """A4 upright or on its side, with the margins of Party documents."""
    width, height = (PAGE_LONG, PAGE_SHORT) if landscape else (PAGE_SHORT, PAGE_LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    top, bottom, left, right = LANDSCAPE_MARGINS if landscape else PORTRAIT_MARGINS
    section.top_margin, section.bottom_margin = Cm(top), Cm(bottom)
    section.left_margin, section.right_margin = Cm(left), Cm(right)
    section.header_distance = section.footer_distance = Cm(1)


def number_pages(section: Section) -> None:
    """Page numbers in the middle of the top, from the second page on."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, instruction, text in (("begin", "", ""), ("", " PAGE ", ""), ("separate", "", ""), ("", "", "2")):
        run = paragraph.add_run(text)
        if kind:
            run._r.append(_made("w:fldChar", fldCharType=kind))
        if instruction:
            code = _made("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = instruction
            run._r.append(code)
    paragraph.add_run()._r.append(_made("w:fldChar", fldCharType="end"))


def text_width(section: Section) -> Length:
    """How wide a table can be on a section's pages."""
    page, left, right = section.page_width, section.left_margin, section.right_margin
    assert page is not None
    assert left is not None
    assert right is not None
    return Length(page - left - right)


def _drop_leftovers(document: WordDocument) -> None:
    """What the blank document brings and nobody needs: another's preview, a second copy of its styles, table looks."""
    package = document.part.package
    assert package is not None
    unneeded = ((package, _THUMBNAIL), (document.part, _EFFECTS), (document.part, RELATIONSHIP_TYPE.CUSTOM_XML))
    for holder, kind in unneeded:
        for key in [key for key, link in holder.rels.items() if link.reltype == kind]:
            del holder.rels[key]
    for style in list(document.styles.element):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in _KEPT_TABLES:
            document.styles.element.remove(style)


def _fonts(document: WordDocument) -> None:
    """One font and one language for every style and every script; themes bring their own."""
    styles = document.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
        language.set(qn("w:eastAsia"), LANGUAGE)
    for spacing in styles.find(qn("w:docDefaults")).iter(qn("w:spacing")):
        spacing.attrib.clear()


def _paragraphs(document: WordDocument) -> None:
    normal = _style(document, "Normal")
    normal.font.size = Pt(TEXT_SIZE)
    body = _style(document, TEXT_STYLE).paragraph_format
    body.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    body.first_line_indent = Cm(1.27)
    body.space_before, body.space_after = Pt(0), Pt(6)
    body.line_spacing_rule, body.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.2
    body.widow_control = True
    for level, name in enumerate(HEADINGS):
        style = _style(document, name)
        style.font.size, style.font.bold, style.font.italic = Pt(TEXT_SIZE), True, level == 2
        style.font.color.rgb = RGBColor(0, 0, 0)
        lines = style.paragraph_format
        lines.space_before, lines.space_after = Pt(12 if level == 0 else 8), Pt(6)
        lines.first_line_indent, lines.keep_with_next = Cm(0 if level == 0 else 1.27), True
    document.styles.add_style(CELL_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    cell = _style(document, CELL_STYLE)
    cell.base_style, cell.font.size = normal, Pt(TABLE_SIZE)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)


def _settings(document: WordDocument) -> None:
    settings = document.settings.element
    zoom = settings.find(qn("w:zoom"))
    if zoom is not None:
        zoom.attrib.clear()
        zoom.set(qn("w:percent"), "100")
    for theme in settings.iter(qn("w:themeFontLang")):
        theme.set(qn("w:val"), LANGUAGE)
        theme.set(qn("w:eastAsia"), LANGUAGE)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _style(document: WordDocument, name: str) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    return style


def _made(tag: str, **attributes: str) -> BaseOxmlElement:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made
