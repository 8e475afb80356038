"""Words for what is kept as codes: segments and roles."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from souk.parties.models import Role, Segment

SEGMENT_LABELS: dict[str, str | Promise] = {
    Segment.TPME: _("Small or medium firm (TPME)"),
    Segment.LARGE_ENTERPRISE: _("Large enterprise"),
    Segment.PUBLIC_BODY: _("Public body"),
    Segment.AUTO_ENTREPRENEUR: _("Self-employed (auto-entrepreneur)"),
}

ROLE_LABELS: dict[str, str | Promise] = {
    Role.OWNER: _("Owner"),
    Role.ADMIN: _("Administrator"),
    Role.BUYER: _("Buyer"),
    Role.BILLING: _("Billing"),
    Role.TECHNICAL: _("Technical"),
    Role.VIEWER: _("Viewer"),
}
