"""What the operator's starting catalogue says of PostgreSQL."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.blueprints.postgresql.sizing import GIB
from souk.provisioning.contract import Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="postgresql",
    category="databases",
    texts={
        "fr": {
            "name": "PostgreSQL géré",
            "summary": "Une base PostgreSQL 17 à vous seul, prête en quelques secondes, hébergée au Maroc.",
            "description": (
                "Chaque service est une machine isolée avec son propre serveur PostgreSQL 17, son disque et son "
                "adresse. Les connexions sont chiffrées et le certificat vérifiable. Vous choisissez les bases "
                "et les extensions ; nous installons, surveillons et mettons à jour."
            ),
        },
        "ar": {
            "name": "PostgreSQL مُدارة",
            "summary": "قاعدة بيانات PostgreSQL 17 خاصة بكم وحدكم، جاهزة في ثوانٍ ومستضافة في المغرب.",
            "description": (
                "كل خدمة آلة معزولة لها خادم PostgreSQL 17 وقرص وعنوان خاصة بها. الاتصالات مشفَّرة والشهادة "
                "قابلة للتحقق. تختارون القواعد والإضافات، ونتولى التثبيت والمراقبة والتحديث."
            ),
        },
        "en": {
            "name": "Managed PostgreSQL",
            "summary": "A PostgreSQL 17 server of your own, ready in seconds, hosted in Morocco.",
            "description": (
                "Each service is an isolated machine with its own PostgreSQL 17 server, disk and address. "
                "Connections are encrypted and the certificate can be verified. You choose databases and "
                "extensions; we install, watch and update."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 10 * GIB), per_hour="1.10", per_month="590.00"),
        StartingPlan("m", Size(2, 4 * GIB, 40 * GIB), per_hour="3.30", per_month="1790.00"),
        StartingPlan("l", Size(4, 8 * GIB, 100 * GIB), per_hour="6.90", per_month="3690.00"),
        StartingPlan("s-ha", Size(1, 1 * GIB, 10 * GIB, members=3), per_hour="3.10", per_month="1650.00"),
        StartingPlan("m-ha", Size(2, 4 * GIB, 40 * GIB, members=3), per_hour="9.20", per_month="4990.00"),
        StartingPlan("l-ha", Size(4, 8 * GIB, 100 * GIB, members=3), per_hour="19.30", per_month="10290.00"),
    ),
    tiers=tariffs.USUAL,
)
