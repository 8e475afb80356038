"""What the market place says of the service."""

from __future__ import annotations

from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="greeting",
    category="application",
    texts={
        "fr": {
            "name": "Greeting",
            "summary": "Une page qui accueille qui s'identifie.",
            "description": "Une page en HTTPS sur une machine à vous seuls, que vos utilisateurs ouvrent chacun avec "
            "son mot de passe.",
        },
        "ar": {
            "name": "Greeting",
            "summary": "صفحة ترحّب بمن يسجّل دخوله.",
            "description": "صفحة عبر HTTPS على آلة خاصة بكم، يفتحها كل مستخدم بكلمة سره.",
        },
        "en": {
            "name": "Greeting",
            "summary": "A page that greets who signs in.",
            "description": "A page over HTTPS on a machine of your own, which each of your users opens with a "
            "password.",
        },
    },
    plans=(
        StartingPlan("s", Size(1, GIB // 4, 1 * GIB), per_hour="0.10", per_month="50.00"),
        StartingPlan("m", Size(1, GIB // 2, 2 * GIB), per_hour="0.20", per_month="100.00"),
        StartingPlan("l", Size(2, 1 * GIB, 4 * GIB), per_hour="0.40", per_month="200.00"),
    ),
    tiers={"public_address": ({"up_to": None, "rate": "0.06"},)},
)
