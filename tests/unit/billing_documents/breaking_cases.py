"""One case per rule. Where several rules are named, the later ones follow from the first."""

from __future__ import annotations

from tests.unit.billing_documents.breaking import (
    ALLOWANCE,
    BUYER,
    CHARGE,
    LINE,
    LINE_TAX,
    SELLER,
    TAX,
    TOTALS,
    Case,
    Mutation,
    add,
    again,
    attribute,
    case,
    drop,
    put,
    then,
)

PERIOD = "cac:InvoicePeriod"
DATED_TWICE = then(add(".", "cbc:TaxPointDate", "2026-10-31"), add(PERIOD, "cbc:DescriptionCode", "35"))
UNIDENTIFIED = then(drop(f"{SELLER}/cac:PartyIdentification"), drop(f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID"))
COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"


def _without_days(period: str) -> Mutation:
    return then(drop(f"{period}/cbc:StartDate"), drop(f"{period}/cbc:EndDate"))


PRESENCE = [
    case("BR-01", "invoice", drop("cbc:CustomizationID")),
    case("BR-02", "invoice", put("cbc:ID", " ")),
    case("BR-03", "invoice", drop("cbc:IssueDate")),
    case("BR-04", "invoice", drop("cbc:InvoiceTypeCode")),
    case("BR-05", "invoice", drop("cbc:DocumentCurrencyCode")),
    case("BR-06", "invoice", drop(f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName")),
    case("BR-07", "invoice", drop(f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName")),
    case("BR-08", "invoice", drop(f"{SELLER}/cac:PostalAddress")),
    case("BR-09", "invoice", drop(f"{SELLER}/cac:PostalAddress/cac:Country")),
    case("BR-10", "invoice", drop(f"{BUYER}/cac:PostalAddress")),
    case("BR-11", "invoice", drop(f"{BUYER}/cac:PostalAddress/cac:Country")),
    case("BR-12", "invoice", drop(f"{TOTALS}/cbc:LineExtensionAmount"), "BR-CO-10", "BR-CO-13"),
    case("BR-13", "invoice", drop(f"{TOTALS}/cbc:TaxExclusiveAmount"), "BR-CO-13", "BR-CO-15"),
    case("BR-14", "invoice", drop(f"{TOTALS}/cbc:TaxInclusiveAmount"), "BR-CO-15", "BR-CO-16"),
    case("BR-15", "invoice", drop(f"{TOTALS}/cbc:PayableAmount"), "BR-CO-16"),
    case("BR-16", "invoice", drop(LINE), "BR-CO-10", "BR-S-01", "BR-S-08"),
    case("BR-21", "invoice", drop(f"{LINE}/cbc:ID")),
    case("BR-22", "invoice", drop(f"{LINE}/cbc:InvoicedQuantity"), "BR-23"),
    case("BR-23", "invoice", attribute(f"{LINE}/cbc:InvoicedQuantity", "unitCode", None)),
    case("BR-24", "one line", drop(f"{LINE}/cbc:LineExtensionAmount"), "BR-CO-10", "BR-S-08"),
    case("BR-25", "invoice", drop(f"{LINE}/cac:Item/cbc:Name")),
    case("BR-26", "invoice", drop(f"{LINE}/cac:Price/cbc:PriceAmount"), "BR-27"),
    case("BR-27", "invoice", put(f"{LINE}/cac:Price/cbc:PriceAmount", "-1")),
    case("BR-29", "invoice", put(f"{PERIOD}/cbc:EndDate", "2026-09-30")),
    case("BR-30", "one line", put(f"{LINE}/{PERIOD}/cbc:EndDate", "2026-09-30")),
    case("BR-31", "adjusted", drop(f"{ALLOWANCE}/cbc:Amount"), "BR-CO-11", "BR-S-08"),
    case("BR-32", "adjusted", drop(f"{ALLOWANCE}/cac:TaxCategory"), "BR-S-08"),
    case("BR-33", "adjusted", drop(f"{ALLOWANCE}/cbc:AllowanceChargeReason"), "BR-CO-21"),
    case("BR-36", "adjusted", drop(f"{CHARGE}/cbc:Amount"), "BR-CO-12", "BR-S-08"),
    case("BR-37", "adjusted", drop(f"{CHARGE}/cac:TaxCategory"), "BR-S-08"),
    case("BR-38", "adjusted", drop(f"{CHARGE}/cbc:AllowanceChargeReason"), "BR-CO-22"),
    case("BR-45", "one line", drop(f"{TAX}/cbc:TaxableAmount"), "BR-S-08", "BR-S-09", "BR-CO-17"),
    case("BR-46", "one line", drop(f"{TAX}/cbc:TaxAmount"), "BR-CO-14", "BR-CO-17", "BR-S-09"),
    case("BR-47", "one line", drop(f"{TAX}/cac:TaxCategory/cbc:ID"), "BR-S-01"),
    case("BR-48", "one line", drop(f"{TAX}/cac:TaxCategory/cbc:Percent"), "BR-CO-17", "BR-S-09"),
    case("BR-49", "invoice", drop("cac:PaymentMeans/cbc:PaymentMeansCode")),
    case("BR-50", "invoice", put("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "")),
    case("BR-53", "abroad", put("cbc:TaxCurrencyCode", "USD")),
    case("BR-55", "credit note", drop("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")),
    case("BR-61", "invoice", drop("cac:PaymentMeans/cac:PayeeFinancialAccount")),
    case("BR-62", "invoice", attribute(f"{SELLER}/cbc:EndpointID", "schemeID", None)),
    case("BR-63", "invoice", attribute(f"{BUYER}/cbc:EndpointID", "schemeID", None)),
    case("BR-CO-03", "invoice", DATED_TWICE),
    case("BR-CO-04", "one line", drop(f"{LINE_TAX}/cbc:ID"), "BR-S-01", "BR-S-08"),
    case("BR-CO-09", "invoice", put(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID", "15257130")),
    case("BR-CO-19", "invoice", _without_days(PERIOD)),
    case("BR-CO-20", "one line", _without_days(f"{LINE}/{PERIOD}")),
    case("BR-CO-21", "adjusted", drop(f"{ALLOWANCE}/cbc:AllowanceChargeReason"), "BR-33"),
    case("BR-CO-22", "adjusted", drop(f"{CHARGE}/cbc:AllowanceChargeReason"), "BR-38"),
    case("BR-CO-25", "invoice", drop("cbc:DueDate")),
    case("BR-CO-26", "O", UNIDENTIFIED),
]  # fmt: skip

ARITHMETIC = [
    case("BR-CO-10", "invoice", put(f"{TOTALS}/cbc:LineExtensionAmount", "2021.51"), "BR-CO-13"),
    case("BR-CO-11", "adjusted", put(f"{TOTALS}/cbc:AllowanceTotalAmount", "64.50"), "BR-CO-13"),
    case("BR-CO-12", "adjusted", put(f"{TOTALS}/cbc:ChargeTotalAmount", "99.99"), "BR-CO-13"),
    case("BR-CO-13", "invoice", put(f"{TOTALS}/cbc:TaxExclusiveAmount", "2021.51"), "BR-CO-15"),
    case("BR-CO-14", "invoice", put("cac:TaxTotal/cbc:TaxAmount", "254.31"), "BR-CO-15"),
    case("BR-CO-15", "invoice", put(f"{TOTALS}/cbc:TaxInclusiveAmount", "2275.81"), "BR-CO-16"),
    case("BR-CO-16", "adjusted", put(f"{TOTALS}/cbc:PayableAmount", "2318.41")),
    case("BR-CO-17", "one line", put(f"{TAX}/cbc:TaxAmount", "40.00"), "BR-CO-14", "BR-S-09"),
    case("BR-CO-18", "invoice", drop(TAX), "BR-S-01"),
]

DECIMALS = [
    case("BR-DEC-01", "adjusted", put(f"{ALLOWANCE}/cbc:Amount", "64.490")),
    case("BR-DEC-05", "adjusted", put(f"{CHARGE}/cbc:Amount", "100.000")),
    case("BR-DEC-09", "invoice", put(f"{TOTALS}/cbc:LineExtensionAmount", "2021.500")),
    case("BR-DEC-10", "adjusted", put(f"{TOTALS}/cbc:AllowanceTotalAmount", "64.490")),
    case("BR-DEC-11", "adjusted", put(f"{TOTALS}/cbc:ChargeTotalAmount", "100.000")),
    case("BR-DEC-12", "invoice", put(f"{TOTALS}/cbc:TaxExclusiveAmount", "2021.500")),
    case("BR-DEC-13", "invoice", put("cac:TaxTotal/cbc:TaxAmount", "254.300")),
    case("BR-DEC-14", "invoice", put(f"{TOTALS}/cbc:TaxInclusiveAmount", "2275.800")),
    case("BR-DEC-15", "abroad", put("cac:TaxTotal[2]/cbc:TaxAmount", "43.200")),
    case("BR-DEC-16", "adjusted", put(f"{TOTALS}/cbc:PrepaidAmount", "500.000")),
    case("BR-DEC-17", "invoice", add(TOTALS, "cbc:PayableRoundingAmount", "0.000", currencyID="MAD")),
    case("BR-DEC-18", "invoice", put(f"{TOTALS}/cbc:PayableAmount", "2275.800")),
    case("BR-DEC-19", "invoice", put(f"{TAX}/cbc:TaxableAmount", "521.500")),
    case("BR-DEC-20", "invoice", put(f"{TAX}/cbc:TaxAmount", "104.300")),
    case("BR-DEC-23", "invoice", put(f"{LINE}/cbc:LineExtensionAmount", "240.000")),
]

CODES = [
    case("BR-CL-01", "invoice", put("cbc:InvoiceTypeCode", "999")),
    case("BR-CL-03", "invoice", attribute(f"{LINE}/cac:Price/cbc:PriceAmount", "currencyID", "DHS")),
    case("BR-CL-04", "invoice", put("cbc:DocumentCurrencyCode", "DHS"), "BR-CO-15"),
    case("BR-CL-05", "abroad", put("cbc:TaxCurrencyCode", "DHS"), "BR-53"),
    case("BR-CL-08", "invoice", put("cbc:Note", "#QQQ#Bonjour")),
    case("BR-CL-10", "invoice", attribute(f"{SELLER}/cac:PartyIdentification/cbc:ID", "schemeID", "ICE")),
    case("BR-CL-11", "invoice", attribute(f"{BUYER}/cac:PartyLegalEntity/cbc:CompanyID", "schemeID", "RC")),
    case("BR-CL-14", "invoice", put(f"{BUYER}/{COUNTRY}", "QQ")),
    case("BR-CL-16", "invoice", put("cac:PaymentMeans/cbc:PaymentMeansCode", "99")),
    case("BR-CL-17", "one line", put(f"{TAX}/cac:TaxCategory/cbc:ID", "Q"), "BR-S-01"),
    case("BR-CL-18", "one line", put(f"{LINE_TAX}/cbc:ID", "Q"), "BR-S-01", "BR-S-08"),
    case("BR-CL-23", "invoice", attribute(f"{LINE}/cbc:InvoicedQuantity", "unitCode", "heure")),
    case("BR-CL-25", "invoice", attribute(f"{SELLER}/cbc:EndpointID", "schemeID", "XX")),
]


def vat(code: str) -> list[Case]:
    """The ten rules of one category, on a document that has it in a line, an allowance and a charge."""
    document = "adjusted" if code == "S" else code
    subtotal = f"{TAX}[1]" if code == "S" else TAX
    reason = f"{subtotal}/cac:TaxCategory"
    wrong_rate = "0" if code == "S" else "20"
    return [
        _unsummed(code),
        *_misidentified(code, document),
        *(_misrated(code, document, *place, wrong_rate) for place in _RATED),
        case(f"BR-{code}-08", document, put(f"{subtotal}/cbc:TaxableAmount", "4000.00"), *_following_base(code)),
        case(f"BR-{code}-09", document, put(f"{subtotal}/cbc:TaxAmount", "60.00"), "BR-CO-14", "BR-CO-17"),
        case(f"BR-{code}-10", document, add(reason, "cbc:TaxExemptionReason", "Exonéré"))
        if code in "SZ"
        else case(f"BR-{code}-10", document, drop(f"{reason}/cbc:TaxExemptionReason")),
    ]


_RATED = (("05", LINE_TAX), ("06", f"{ALLOWANCE}/cac:TaxCategory"), ("07", f"{CHARGE}/cac:TaxCategory"))


def _unsummed(code: str) -> Case:
    return case(f"BR-{code}-01", "one line" if code == "S" else code, drop(TAX), "BR-CO-18")


def _misidentified(code: str, document: str) -> list[Case]:
    """Rules 02, 03 and 04, which break together where line, allowance and charge are of one category."""
    if code == "O":
        unidentified = then(
            put(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID", "MA15257130"),
            put(f"{SELLER}/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", "VAT"),
        )
    else:
        unidentified = drop(f"{SELLER}/cac:PartyTaxScheme")
    together = {f"BR-{code}-02", f"BR-{code}-03", f"BR-{code}-04"}
    return [case(rule, document, unidentified, *together) for rule in sorted(together)]


def _misrated(code: str, document: str, suffix: str, path: str, rate: str) -> Case:
    rule = f"BR-{code}-{suffix}"
    if code == "O":
        return case(rule, document, add(path, "cbc:Percent", "0"))
    also = ["BR-S-08"] if code == "S" else []
    return case(rule, document, put(f"{path}/cbc:Percent", rate), *also)


def _following_base(code: str) -> list[str]:
    return ["BR-CO-17", "BR-S-09"] if code == "S" else []


def _zero_rated(path: str, amount: str, category: str) -> Mutation:
    """A copy of the first element at a path, for nothing, under the zero rate."""
    return then(
        again(path),
        put(f"{path}/{amount}", "0.00"),
        put(f"{path}/{category}/cbc:ID", "Z"),
        add(f"{path}/{category}", "cbc:Percent", "0"),
    )


OUTSIDE = [
    case(
        "BR-O-11",
        "O",
        then(
            _zero_rated(f"{TAX}[1]", "cbc:TaxableAmount", "cac:TaxCategory"),
            drop(f"{TAX}[1]/cac:TaxCategory/cbc:TaxExemptionReason"),
        ),
    ),
    case(
        "BR-O-12",
        "O",
        _zero_rated(f"{LINE}[1]", "cbc:LineExtensionAmount", "cac:Item/cac:ClassifiedTaxCategory"),
        "BR-Z-01",
    ),
    case("BR-O-13", "O", _zero_rated(ALLOWANCE, "cbc:Amount", "cac:TaxCategory"), "BR-Z-01"),
    case("BR-O-14", "O", _zero_rated(CHARGE, "cbc:Amount", "cac:TaxCategory"), "BR-Z-01"),
]
CASES = [
    *PRESENCE,
    *ARITHMETIC,
    *DECIMALS,
    *CODES,
    *(found for code in ("S", "Z", "E", "O", "AE") for found in vat(code)),
    *OUTSIDE,
]
