"""What the operator's starting catalogue says of object storage."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="object-storage",
    category="storage",
    texts={
        "fr": {
            "name": "Stockage d’objets",
            "summary": "Un stockage S3 à vous seul, avec vos compartiments et vos clés, hébergé au Maroc.",
            "description": (
                "Chaque service est une machine isolée avec son propre serveur S3, son disque et son adresse : vos "
                "objets ne partagent rien avec ceux d’autrui. Vous nommez vos compartiments et donnez à chaque "
                "programme une clé qui lit, écrit ou administre. Versions, règles de cycle de vie, CORS, verrouillage "
                "d’objets et adresses signées fonctionnent avec les clients que vous avez déjà. Vous payez le service, "
                "puis ce que vous y gardez, à l’heure."
            ),
        },
        "ar": {
            "name": "تخزين الكائنات",
            "summary": "تخزين S3 خاص بكم وحدكم، بحاوياتكم ومفاتيحكم، مستضاف في المغرب.",
            "description": (
                "كل خدمة آلة معزولة لها خادم S3 وقرص وعنوان خاصة بها، فلا تشترك كائناتكم في شيء مع كائنات غيركم. "
                "تسمّون حاوياتكم وتعطون كل برنامج مفتاحًا للقراءة أو الكتابة أو الإدارة. الإصدارات وقواعد دورة الحياة "
                "وCORS وقفل الكائنات والعناوين الموقّعة تعمل مع العملاء الذين لديكم. تدفعون ثمن الخدمة، ثم ما "
                "تحفظونه فيها، بالساعة."
            ),
        },
        "en": {
            "name": "Object storage",
            "summary": "S3 storage of your own, with your buckets and your keys, hosted in Morocco.",
            "description": (
                "Each service is an isolated machine with its own S3 server, disk and address: your objects share "
                "nothing with anybody else's. You name your buckets, and give each program a key that reads, writes or "
                "administers. Versions, lifecycle rules, CORS, object lock and presigned addresses work with the "
                "clients that you have already. You pay for the service, and for what you keep in it, by the hour."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, 1 * GIB, 20 * GIB), per_hour="0.16", per_month="89.00"),
        StartingPlan("m", Size(1, 2 * GIB, 100 * GIB), per_hour="0.35", per_month="190.00"),
        StartingPlan("l", Size(2, 4 * GIB, 500 * GIB), per_hour="0.90", per_month="490.00"),
    ),
    tiers={
        "public_address": tariffs.PUBLIC_ADDRESS,
        "stored": (
            {"up_to": 7300, "rate": "0"},
            {"up_to": None, "rate": "0.0006"},
        ),
        "egress": tariffs.EGRESS,
        "stopped_disk": ({"up_to": None, "rate": "0.0010"},),
        "extra_disk": ({"up_to": None, "rate": "0.0006"},),
    },
)
