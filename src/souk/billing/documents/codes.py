"""The code lists that an invoice draws on: whole, or where they are long the part of them that we use."""

from __future__ import annotations

from souk.billing.documents.content import PaymentMeans
from souk.kernel.money import EXPONENTS

#: ISO 4217, the currencies that Souk can count in.
CURRENCIES = frozenset(EXPONENTS)

#: UNTDID 1001, what an `Invoice` and a `CreditNote` may be; Souk issues only these.
INVOICE_TYPES = frozenset({"380"})
CREDIT_NOTE_TYPES = frozenset({"381"})

#: UNTDID 4461, the means that Souk offers.
PAYMENT_MEANS = frozenset(means.value for means in PaymentMeans)

#: UNTDID 5305 as EN 16931 restricts it.
CATEGORIES = frozenset({"AE", "L", "M", "E", "S", "Z", "G", "O", "K", "B"})

#: UNTDID 4451: general information, regulatory information, tax declaration.
SUBJECTS = frozenset({"AAI", "REG", "TXD"})

#: The CEF's electronic address schemes: electronic mail.
ELECTRONIC_ADDRESSES = frozenset({"EM"})

#: ISO 6523. None is listed for Moroccan identifiers, so that Souk writes none.
IDENTIFIER_SCHEMES: frozenset[str] = frozenset()

#: UN/ECE Recommendation 20: what a cloud is measured in.
UNITS = {
    "ANN": "year",
    "MON": "month",
    "DAY": "day",
    "HUR": "hour",
    "MIN": "minute",
    "C62": "one",
    "H87": "piece",
    "LS": "lump sum",
    "4L": "megabyte",
    "E34": "gigabyte",
    "E35": "terabyte",
    "E63": "mebibyte",
    "E62": "gibibyte",
    "E61": "tebibyte",
    "KWH": "kilowatt hour",
}

#: ISO 3166-1 alpha-2, with EN 16931's 1A (Kosovo) and XI (Northern Ireland).
_COUNTRIES = """
    1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET
    FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM
    IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD
    ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE
    PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST
    SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS
    XI YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())

#: What a VAT identifier may begin with: a country, or EL, under which Greece registers for VAT.
VAT_PREFIXES = COUNTRIES | {"EL"}
