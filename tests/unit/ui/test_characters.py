"""What people paste."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from souk.ui.characters import sane, western_digits


def test_invisible_marks_from_a_pdf_disappear() -> None:
    assert sane("\u200f001234567000089\u200b\ufeff") == "001234567000089"
    assert sane("\u2066ICE\u2069 \u00a0 001") == "ICE 001"


def test_a_zero_width_joiner_inside_a_name_stays() -> None:
    assert sane("می\u200cخواهم") == "می\u200cخواهم"


def test_lines_are_kept_and_their_white_space_made_plain() -> None:
    assert sane("  a \t b \r\n\n c  ") == "a b\n\nc"


def test_arabic_and_persian_digits_become_western() -> None:
    assert western_digits("٠١٢٣ ۴۵") == "0123 45"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert sane(sane(text)) == sane(text)
