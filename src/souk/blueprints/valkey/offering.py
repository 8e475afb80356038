"""What the operator's starting catalogue says of Valkey."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="valkey",
    category="databases",
    texts={
        "fr": {
            "name": "Valkey géré",
            "summary": "Cache, sessions et files d’attente en mémoire, compatibles Redis, prêts en quelques secondes.",
            "description": (
                "Un serveur Valkey 8.1 à vous seul, sur une machine isolée, que vos programmes utilisent comme Redis. "
                "Vous choisissez ce qui est gardé : rien pour un cache, des instantanés, ou chaque écriture ; et ce "
                "qui cède la place quand la mémoire est pleine. Les connexions sont chiffrées et le certificat "
                "vérifiable. Chaque programme a son propre accès : tout faire, lire et écrire, ou lire seulement. Les "
                "trois cinquièmes de la mémoire sont pour vos données : 537 Mio pour 1 Gio. Ce qui est gardé est "
                "sauvegardé chaque jour."
            ),
        },
        "ar": {
            "name": "Valkey مُدارة",
            "summary": "ذاكرة مؤقتة وجلسات وطوابير في الذاكرة، متوافقة مع Redis، جاهزة في ثوانٍ.",
            "description": (
                "خادم Valkey 8.1 خاص بكم وحدكم على آلة معزولة، تستعمله برامجكم كما تستعمل Redis. تختارون ما يُحفظ: لا "
                "شيء للذاكرة المؤقتة، أو لقطات، أو كل كتابة؛ وما يترك مكانه حين تمتلئ الذاكرة. الاتصالات مشفَّرة "
                "والشهادة قابلة للتحقق. لكل برنامج دخوله الخاص: كل شيء، أو القراءة والكتابة، أو القراءة فقط. ثلاثة "
                "أخماس الذاكرة لبياناتكم: 537 ميبيبايت من 1 جيبيبايت. وما يُحفظ تؤخذ منه نسخة احتياطية كل يوم."
            ),
        },
        "en": {
            "name": "Managed Valkey",
            "summary": "Cache, sessions and queues in memory, compatible with Redis, ready in seconds.",
            "description": (
                "A Valkey 8.1 server of your own on an isolated machine, which your programs use as they use Redis. "
                "You choose what is kept: nothing for a cache, snapshots, or each write; and what gives way when "
                "memory is full. Connections are encrypted and the certificate can be verified. Each program has an "
                "access of its own: everything, reading and writing, or reading only. Three fifths of the memory are "
                "for your data: 537 MiB of 1 GiB. What is kept is backed up each day."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 5 * GIB), per_hour="0.62", per_month="339.00"),
        StartingPlan("m", Size(2, 4 * GIB, 20 * GIB), per_hour="2.10", per_month="1149.00"),
        StartingPlan("l", Size(2, 8 * GIB, 40 * GIB), per_hour="3.90", per_month="2149.00"),
    ),
    tiers=tariffs.USUAL,
)
