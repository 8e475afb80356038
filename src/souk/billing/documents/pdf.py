"""A document as PDF: PDF/A-3a and PDF/UA-1, so it can be archived for ten years and read aloud."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

import typst

from souk.billing.documents.content import Document
from souk.billing.documents.fonts import FOLDER as FONTS
from souk.billing.documents.labels import LANGUAGES
from souk.billing.documents.view import view

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_LOGO_FORMATS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))


def render(document: Document, language: str, *, logo: bytes = b"", xml: bytes = b"") -> bytes:
    """The document as PDF in `fr`, `ar` or `en`; the same arguments always give the same bytes.

    `logo` is the seller's, as PNG, JPEG, GIF or SVG; without one its name is set large. `xml` is attached
    to the file as the machine-readable alternative. Raises `ValueError` for another language, and
    `typst.TypstError` for a logo that is no such image.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no invoice labels in {language!r}")
    content = view(document, language)
    content["logo"] = {"bytes": list(logo), "format": _image_format(logo)} if logo else None
    content["xml"] = xml.decode() if xml else ""
    # Data goes in as JSON that the template parses: text from people is never part of typst's own source.
    compiler = typst.Compiler(TEMPLATES / "invoice.typ", root=TEMPLATES, font_paths=_fonts())
    result = compiler.compile(
        format="pdf",
        sys_inputs={"content": json.dumps(content)},
        pdf_standards=STANDARDS,
        timestamp=datetime.combine(document.issued, time(), UTC),
    )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no single PDF")
    return result


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts shipped with us: the machine's own would make the result depend on the machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _image_format(image: bytes) -> str:
    return next((name for magic, name in _LOGO_FORMATS if image.startswith(magic)), "svg")
