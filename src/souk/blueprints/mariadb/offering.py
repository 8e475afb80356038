"""What the operator's starting catalogue says of MariaDB."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="mariadb",
    category="databases",
    texts={
        "fr": {
            "name": "MariaDB géré",
            "summary": "Un serveur MariaDB 11.8 à vous seul, prêt en quelques secondes, hébergé au Maroc.",
            "description": (
                "Chaque service est une machine isolée avec son propre serveur MariaDB 11.8, compatible avec les "
                "applications écrites pour MySQL, son disque et son adresse. Les connexions sont chiffrées et le "
                "certificat vérifiable. Vous créez jusqu’à cinquante bases et, pour chacune, des accès qui lisent ou "
                "écrivent seulement. Les bases sont sauvegardées chaque jour, et la restauration est prouvée ligne "
                "par ligne."
            ),
        },
        "ar": {
            "name": "MariaDB مُدارة",
            "summary": "خادم MariaDB 11.8 خاص بكم وحدكم، جاهز في ثوانٍ ومستضاف في المغرب.",
            "description": (
                "كل خدمة آلة معزولة لها خادم MariaDB 11.8، المتوافق مع التطبيقات المكتوبة لـ MySQL، وقرص وعنوان خاصة "
                "بها. الاتصالات مشفَّرة والشهادة قابلة للتحقق. تنشئون ما يصل إلى خمسين قاعدة، ولكل منها دخول للقراءة "
                "أو الكتابة فقط. تُنسخ القواعد احتياطيا كل يوم، ويُثبَت استرجاعها سطرا بسطر."
            ),
        },
        "en": {
            "name": "Managed MariaDB",
            "summary": "A MariaDB 11.8 server of your own, ready in seconds, hosted in Morocco.",
            "description": (
                "Each service is an isolated machine with its own MariaDB 11.8 server, which serves applications "
                "written for MySQL, its own disk and address. Connections are encrypted and the certificate can be "
                "verified. You make up to fifty databases and, for each, credentials that only read or write there. "
                "Databases are backed up each day, and restoring them is proved row by row."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 10 * GIB), per_hour="0.90", per_month="490.00"),
        StartingPlan("m", Size(2, 4 * GIB, 40 * GIB), per_hour="2.80", per_month="1490.00"),
        StartingPlan("l", Size(4, 8 * GIB, 100 * GIB), per_hour="5.90", per_month="3190.00"),
    ),
    tiers=tariffs.USUAL,
)
