"""The fixed words on an invoice, in the three languages it can be printed in.

They live here and not in the message catalogues on purpose: rendering is a pure function of the document
and the language, needs no configured framework, and the type checker sees that no language lacks a word.
"""

from souk.billing.documents.labels.arabic import ARABIC
from souk.billing.documents.labels.english import ENGLISH
from souk.billing.documents.labels.form import Labels
from souk.billing.documents.labels.french import FRENCH

LANGUAGES = {"fr": FRENCH, "ar": ARABIC, "en": ENGLISH}

__all__ = ["LANGUAGES", "Labels"]
