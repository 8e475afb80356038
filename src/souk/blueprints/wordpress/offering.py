"""What the operator's starting catalogue says of WordPress."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="wordpress",
    category="web",
    texts={
        "fr": {
            "name": "WordPress",
            "summary": "Un WordPress prêt à écrire, dans votre langue, sur une machine à vous, hébergé au Maroc.",
            "description": (
                "WordPress 6.8 avec sa base de données sur une machine isolée. Rien à installer : le site est dans "
                "votre langue, votre compte d’administrateur existe, il ne reste qu’à écrire. Une extension dont la "
                "mise à jour casse le site est remise comme avant, toute seule. Les programmes de WordPress ne se "
                "modifient pas depuis le site, et la base n’est joignable que de la machine. Chaque personne a son "
                "propre accès : administrateur, éditeur ou abonné. Votre nom de domaine reçoit son certificat de "
                "lui-même ; fichiers et base sont sauvegardés ensemble chaque jour."
            ),
        },
        "ar": {
            "name": "ووردبريس",
            "summary": "ووردبريس جاهز للكتابة بلغتكم، على آلة خاصة بكم وحدكم، مستضاف في المغرب.",
            "description": (
                "ووردبريس 6.8 مع قاعدة بياناته على آلة معزولة. لا شيء للتثبيت: الموقع بلغتكم وحساب المدير موجود، ولا "
                "يبقى إلا أن تكتبوا. الإضافة التي يعطل تحديثها الموقع تعاد كما كانت من تلقاء نفسها. لا يمكن تغيير "
                "برامج ووردبريس من داخل الموقع، ولا الوصول إلى القاعدة إلا من الآلة نفسها. لكل شخص دخوله الخاص: مدير "
                "أو محرر أو مشترك. يحصل اسم نطاقكم على شهادته من تلقاء نفسه، وتُنسخ الملفات والقاعدة معا كل يوم."
            ),
        },
        "en": {
            "name": "WordPress",
            "summary": "A WordPress to write in at once, in your language, on your own machine, hosted in Morocco.",
            "description": (
                "WordPress 6.8 with its database on an isolated machine. There is nothing to install: the site is in "
                "your language, your administrator's account is there, and you can begin to write. An extension whose "
                "update breaks the site is put back as it was, by itself. WordPress's own programs can't be changed "
                "from within the site, and the database is reached from the machine only. Each person has an access "
                "of their own: administrator, editor or subscriber. Your domain name gets its certificate by itself; "
                "files and database are backed up together each day."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 10 * GIB), per_hour="0.11", per_month="59.00"),
        StartingPlan("m", Size(2, 2 * GIB, 25 * GIB), per_hour="0.27", per_month="149.00"),
        StartingPlan("l", Size(4, 4 * GIB, 60 * GIB), per_hour="0.64", per_month="349.00"),
    ),
    tiers=tariffs.USUAL,
)
