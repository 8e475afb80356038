"""The printed document: what it shows, that it lasts, and that text from people stays text."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
import typst
from tests.unit.billing_documents import examples

from souk.billing.documents import pdf, ubl
from souk.billing.documents.content import Document, TaxCategory, Withholding
from souk.kernel.money import Money

NASTY = '#panic("x") *b* _i_ $x^2$ `raw` \\ \\u{41} "q" <l> @ref // c /* c */ #read("/etc/passwd") [a] = H ~ -- {'
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def opened(document: Document, language: str = "fr", **more: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.render(document, language, **more)))


def pages_of(document: Document, language: str = "fr") -> list[str]:
    texts = [page.extract_text().replace("\u200b", "") for page in opened(document, language).pages]
    return [" ".join(text.split()) for text in texts]


def text_of(document: Document, language: str = "fr") -> str:
    return " ".join(pages_of(document, language))


def test_a_moroccan_invoice_carries_all_it_must() -> None:
    text = text_of(examples.document())
    for needed in (
        "FACTURE", "FA-2026-000042", "1 novembre 2026", "31 décembre 2026", "ICE 001525713000097",
        "IF 15257130",
        "RC Rabat 98431", "TP 25713004", "CNSS 4471120", "au capital de 1 000 000,00 MAD",
        "ICE 002039481000040", "Coopérative Tafraout Amandes", "BC-2026-118", "PostgreSQL géré, plan s",
        "312,5 h", "0,6944444444", "217,01", "Total HT 2 021,50", "TVA 20 % 104,30", "TVA 10 % 150,00",
        "Total TTC 2 275,80", "Net à payer 2 275,80 MAD", "007 780 0001234567890123 96",
        "deux mille deux cent soixante-quinze dirhams et quatre-vingts centimes TTC",
        "loi 69-21", "Page 1 sur 1",
    ):  # fmt: skip
        assert needed in text


def test_a_credit_note_is_titled_so_and_names_the_invoice() -> None:
    text = text_of(examples.credit_note())
    assert "AVOIR" in text
    assert "Facture corrigée FA-2026-000042" in text
    assert "Arrêté le présent avoir à la somme de soixante-dix-sept dirhams et trente-neuf centimes" in text
    assert "Net en votre faveur 77,39 MAD" in text


def test_english_and_arabic_have_their_own_words() -> None:
    assert "Amount due 2,275.80 MAD" in text_of(examples.document(), "en")
    assert opened(examples.document(), "ar").metadata.title == "فاتورة FA-2026-000042"


def test_a_long_invoice_repeats_its_header_and_counts_its_pages() -> None:
    lines = [examples.line(number, f"Base {number}", "2.5", "HUR", "0.3472222222") for number in range(1, 121)]
    pages = pages_of(examples.document(lines))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} sur {len(pages)}" in page
        assert "FA-2026-000042" in page
    assert all("Désignation" in page for page in pages[:-1])


def test_a_specimen_is_marked_on_every_page() -> None:
    lines = [examples.line(number, f"Base {number}", "1", "HUR", "1") for number in range(1, 60)]
    marked = examples.document(lines, specimen=True)
    assert all("SPÉCIMEN" in page for page in pages_of(marked))
    assert "SPÉCIMEN" not in text_of(examples.document(lines))


def test_what_is_withheld_is_shown_after_what_is_owed() -> None:
    withheld = Withholding("TVA retenue à la source (75 %)", Money.of("190.73", "MAD"))
    text = text_of(examples.document(withholdings=(withheld,)))
    assert "Net à payer 2 275,80 MAD TVA retenue à la source (75 %) −190,73" in text
    assert "À virer, retenues déduites 2 085,07" in text


def test_an_account_number_is_shown_in_the_groups_that_banks_use() -> None:
    assert "MA64 0077 8000 0123 4567 8901 2396" in text_of(examples.document())


def test_what_is_paid_is_not_asked_for_again() -> None:
    text = text_of(examples.document(prepaid=Money.of("2275.80", "MAD")))
    assert "Facture acquittée" in text
    assert "RIB" not in text


def test_untaxed_says_why() -> None:
    text = text_of(examples.untaxed(TaxCategory.NOT_SUBJECT))
    assert "TVA non applicable, régime de l'auto-entrepreneur" in text


def test_a_period_is_repeated_on_a_line_only_where_it_differs() -> None:
    days = "01/10/2026 – 31/10/2026"
    assert text_of(examples.document()).count(days) == 1
    assert text_of(examples.document(period=None)).count(days) == 3


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_text_from_people_is_never_run_as_markup(language: str) -> None:
    buyer = replace(
        examples.BUYER, legal_name=NASTY, address=replace(examples.BUYER.address, lines=(NASTY,), city=NASTY)
    )
    lines = (examples.line(1, NASTY, "1", "HUR", "1", details=NASTY, service_instance=NASTY, unit_label="#h"),)
    text = text_of(
        examples.document(lines, buyer=buyer, notes=(NASTY,), legal_mentions=(NASTY,), number="#n*1*"),
        language,
    )
    assert "root:" not in text
    assert text.count("#panic") >= 7 if language != "ar" else "panic" in text


@pytest.mark.parametrize("name", ["N" * 10_000, "تعاونية " * 1_250, "😀👨‍👩‍👧" * 500, "\x00", "漢字"])
def test_a_name_of_any_length_or_script_still_prints(name: str) -> None:
    buyer = replace(examples.BUYER, legal_name=name)
    assert len(opened(examples.document(buyer=buyer)).pages) >= 1


def test_the_file_is_archivable_and_accessible() -> None:
    reader = opened(examples.document())
    described = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in described
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert reader.metadata.title == "Facture FA-2026-000042"
    assert reader.metadata.author == "Nuage Atlantique SARL"


def test_the_machine_readable_file_travels_inside() -> None:
    xml = ubl.render(examples.document())
    assert opened(examples.document(), xml=xml).attachments == {"document.xml": [xml]}
    assert opened(examples.document()).attachments == {}


def test_a_logo_takes_the_place_of_the_large_name() -> None:
    with_logo = pdf.render(examples.document(), "fr", logo=LOGO)
    assert with_logo != pdf.render(examples.document(), "fr")


def test_a_logo_that_is_no_image_is_refused() -> None:
    with pytest.raises(typst.TypstError):
        pdf.render(examples.document(), "fr", logo=b"not an image")


def test_a_language_without_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        pdf.render(examples.document(), "de")


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_same_document_always_gives_the_same_bytes(language: str) -> None:
    assert pdf.render(examples.document(), language) == pdf.render(examples.document(), language)
