"""EN 16931's business rules, applied to the XML itself: it is the file that is judged, not our intention.

Implemented are the rules on what Souk writes. Rules on terms that it never writes (payees, tax
representatives, delivery, attachments, line-level allowances, and the tax categories G, K, L, M) have
nothing to look at and are left out.
"""

from souk.billing.documents.rules import arithmetic, codelists, decimals, presence, vat
from souk.billing.documents.rules.judging import check, judge
from souk.billing.documents.rules.reading import RULES, Violation

__all__ = ["RULES", "Violation", "arithmetic", "check", "codelists", "decimals", "judge", "presence", "vat"]
