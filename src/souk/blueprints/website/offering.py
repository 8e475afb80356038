"""What the operator's starting catalogue says of web sites."""

from __future__ import annotations

from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="web-site",
    category="web",
    texts={
        "fr": {
            "name": "Site web",
            "summary": "Un site en PHP ou en fichiers, sur une machine à vous seul, hébergé au Maroc.",
            "description": (
                "Apache et PHP 8.4 sur une machine isolée, avec son disque et son adresse : votre site ne partage rien "
                "avec ceux d’autrui. Vous déposez vos fichiers par SFTP, ou les envoyez par git. Le dossier servi, la "
                "mémoire, le temps et la taille des envois de PHP se règlent pendant que le site tourne. Chaque "
                "personne a son propre accès, qui écrit ou lit seulement."
            ),
        },
        "ar": {
            "name": "موقع ويب",
            "summary": "موقع بلغة PHP أو من ملفات، على آلة خاصة بكم وحدكم، مستضاف في المغرب.",
            "description": (
                "Apache وPHP 8.4 على آلة معزولة لها قرصها وعنوانها: لا يشترك موقعكم في شيء مع مواقع غيركم. تضعون "
                "ملفاتكم عبر SFTP أو تدفعونها عبر git. يُضبط المجلد المعروض وذاكرة PHP ومدته وحجم الملفات المرسلة "
                "والموقع يعمل. لكل شخص دخوله الخاص، للكتابة أو للقراءة فقط."
            ),
        },
        "en": {
            "name": "Web site",
            "summary": "A site in PHP or of files, on a machine of your own, hosted in Morocco.",
            "description": (
                "Apache and PHP 8.4 on an isolated machine with its own disk and address: your site shares nothing "
                "with anybody else's. You bring files by SFTP, or push them by git. The folder that is served, and "
                "PHP's memory, time and size of uploads are set while the site runs. Each person has an access of "
                "their own, that writes or only reads."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 10 * GIB), per_hour="0.09", per_month="49.00"),
        StartingPlan("m", Size(2, 2 * GIB, 25 * GIB), per_hour="0.24", per_month="129.00"),
        StartingPlan("l", Size(4, 4 * GIB, 60 * GIB), per_hour="0.55", per_month="299.00"),
    ),
    tiers={
        "public_address": ({"up_to": None, "rate": "0.06"},),
        "egress": (
            {"up_to": 100, "rate": "0"},
            {"up_to": 1000, "rate": "0.50"},
            {"up_to": None, "rate": "0.35"},
        ),
        "stopped_disk": ({"up_to": None, "rate": "0.0020"},),
        "extra_disk": ({"up_to": None, "rate": "0.0025"},),
    },
)
