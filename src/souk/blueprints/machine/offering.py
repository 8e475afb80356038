"""What the operator's starting catalogue says of machines."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="machine",
    category="compute",
    texts={
        "fr": {
            "name": "Machine Debian",
            "summary": "Une machine Debian 13 à vous seul, dont vous êtes root, prête en quelques secondes.",
            "description": (
                "Un conteneur système isolé, avec ses processeurs, sa mémoire, son disque et son adresse. Vous y "
                "entrez par SSH avec vos propres clés : aucun mot de passe n’ouvre la machine. L’empreinte de sa clé "
                "d’hôte est affichée, pour que vous soyez sûrs de parler à la vôtre. Les mises à jour de sécurité "
                "de Debian s’installent d’elles-mêmes. Tous ses fichiers sont sauvegardés chaque jour, chiffrés, et la "
                "restauration est essayée chaque semaine. Chaque formule est un conteneur, qui partage le noyau de "
                "son hôte : pour faire tourner le code d’inconnus, mieux vaut une machine virtuelle, qui a le sien. Il "
                "n’y en a pas encore ici."
            ),
        },
        "ar": {
            "name": "آلة دبيان",
            "summary": "آلة Debian 13 خاصة بكم وحدكم، لكم فيها صلاحيات الجذر، جاهزة في ثوانٍ.",
            "description": (
                "حاوية نظام معزولة لها معالجاتها وذاكرتها وقرصها وعنوانها. تدخلون إليها عبر SSH بمفاتيحكم الخاصة، "
                "ولا تُفتح بأي كلمة سر. تُعرض بصمة مفتاح المضيف لتتأكدوا أنكم تتصلون بآلتكم. تُثبَّت تحديثات "
                "دبيان الأمنية من تلقاء نفسها. تُنسخ كل ملفاتها احتياطيا كل يوم مشفرة، ويُجرَّب الاسترجاع كل أسبوع. "
                "كل صيغة حاوية تشارك مضيفها نواته: لتشغيل برامج مجهولين، الأفضل آلة افتراضية لها نواتها الخاصة، ولا "
                "توجد هنا بعد."
            ),
        },
        "en": {
            "name": "Debian machine",
            "summary": "A Debian 13 machine of your own that you are root in, ready in seconds.",
            "description": (
                "An isolated system container with its own processors, memory, disk and address. You sign in over "
                "SSH with your own keys; no password opens it. The fingerprint of its host key is shown, so that you "
                "can be sure to reach your own. Debian's security updates install themselves. All of its files are "
                "backed up each day, encrypted, and restoring is tried out each week. Each plan is a container, which "
                "shares its host's kernel: to run strangers' code, a virtual machine is better, which has its own. "
                "There is none here yet."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 10 * GIB), per_hour="0.35", per_month="190.00"),
        StartingPlan("m", Size(2, 4 * GIB, 40 * GIB), per_hour="1.20", per_month="650.00"),
        StartingPlan("l", Size(4, 8 * GIB, 100 * GIB), per_hour="2.60", per_month="1390.00"),
    ),
    tiers=tariffs.USUAL,
)
