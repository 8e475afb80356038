"""What the operator's starting catalogue says of web sites."""

from __future__ import annotations

from souk.blueprints import tariffs
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
                "avec ceux d’autrui. Vous déposez vos fichiers par SFTP, ou les envoyez par git : chaque envoi est une "
                "version, et les cinq dernières reviennent en ligne en un instant. Vous essayez sur une copie, puis "
                "vous publiez. Votre nom de domaine reçoit son certificat de lui-même. Tout est sauvegardé chaque "
                "jour, chiffré, et la restauration est essayée chaque semaine. Chaque personne a son propre accès."
            ),
        },
        "ar": {
            "name": "موقع ويب",
            "summary": "موقع بلغة PHP أو من ملفات، على آلة خاصة بكم وحدكم، مستضاف في المغرب.",
            "description": (
                "Apache وPHP 8.4 على آلة معزولة لها قرصها وعنوانها: لا يشترك موقعكم في شيء مع مواقع غيركم. تضعون "
                "ملفاتكم عبر SFTP أو تدفعونها عبر git: كل دفعة إصدار، والخمسة الأخيرة تعود إلى الشبكة في لحظة. تجرّبون "
                "على نسخة ثم تنشرون. يحصل اسم نطاقكم على شهادته من تلقاء نفسه. يُنسخ كل شيء احتياطيا كل يوم مشفرا، "
                "ويُجرَّب الاسترجاع كل أسبوع. لكل شخص دخوله الخاص."
            ),
        },
        "en": {
            "name": "Web site",
            "summary": "A site in PHP or of files, on a machine of your own, hosted in Morocco.",
            "description": (
                "Apache and PHP 8.4 on an isolated machine with its own disk and address: your site shares nothing "
                "with anybody else's. You bring files by SFTP, or push them by git: each push is a release, and the "
                "last five are live again in an instant. You try things out on a copy, then publish it. Your domain "
                "name gets its certificate by itself. All of it is backed up each day, encrypted, and restoring is "
                "tried out each week. Each person has an access of their own."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 10 * GIB), per_hour="0.09", per_month="49.00"),
        StartingPlan("m", Size(2, 2 * GIB, 25 * GIB), per_hour="0.24", per_month="129.00"),
        StartingPlan("l", Size(4, 4 * GIB, 60 * GIB), per_hour="0.55", per_month="299.00"),
    ),
    tiers=tariffs.USUAL,
)
