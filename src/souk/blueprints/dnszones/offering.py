"""What the operator's starting catalogue says of DNS zones."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="dns-zones",
    category="network",
    texts={
        "fr": {
            "name": "Zones DNS",
            "summary": "Vos noms de domaine sur un serveur DNS à vous seul, signés, hébergés au Maroc.",
            "description": (
                "Un serveur de noms (Knot) qui ne répond que pour vos zones, avec son adresse et ses clés. Vous "
                "écrivez les enregistrements à l’écran, par l’API ou en important un fichier de zone, dont la "
                "différence est montrée avant tout changement. Les zones sont signées par DNSSEC, et vos services sur "
                "la plateforme y prennent leur nom d’eux-mêmes. Vos serveurs secondaires récupèrent les zones avec une "
                "clé. S : 5 zones et 2 000 enregistrements ; M : 30 et 20 000 ; L : 200 et 100 000."
            ),
        },
        "ar": {
            "name": "مناطق DNS",
            "summary": "أسماء نطاقاتكم على خادم DNS خاص بكم وحدكم، موقّعة ومستضافة في المغرب.",
            "description": (
                "خادم أسماء (Knot) لا يجيب إلا عن مناطقكم، بعنوانه ومفاتيحه. تكتبون السجلات على الشاشة أو عبر الواجهة "
                "البرمجية أو باستيراد ملف منطقة، ويُعرض الفرق قبل أي تغيير. المناطق موقّعة بـ DNSSEC، وخدماتكم على "
                "المنصة تأخذ أسماءها فيها من تلقاء نفسها. وتجلب خوادمكم الثانوية المناطق بمفتاح. "
                "S: 5 مناطق و2000 سجل؛ M: 30 و20000؛ L: 200 و100000."
            ),
        },
        "en": {
            "name": "DNS zones",
            "summary": "Your domain names on a DNS server of your own, signed, hosted in Morocco.",
            "description": (
                "A name server (Knot) that answers for your zones only, with its own address and keys. You write "
                "records on a screen, through the API, or by importing a zone file, whose difference is shown before "
                "anything changes. Zones are signed by DNSSEC, and your services on the platform take their names in "
                "them by themselves. Your secondary servers fetch zones with a key. S: 5 zones and "
                "2,000 records; M: 30 and 20,000; L: 200 and 100,000."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, GIB // 4, 1 * GIB), per_hour="0.06", per_month="29.00"),
        StartingPlan("m", Size(1, GIB // 2, 2 * GIB), per_hour="0.11", per_month="59.00"),
        StartingPlan("l", Size(2, 1 * GIB, 5 * GIB), per_hour="0.27", per_month="149.00"),
    ),
    tiers=tariffs.USUAL,
)
