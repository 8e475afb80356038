"""What the operator's starting catalogue says of load balancers."""

from __future__ import annotations

from souk.blueprints import tariffs
from souk.provisioning.contract import GIB, Size, StartingOffering, StartingPlan

STARTING_OFFERING = StartingOffering(
    slug="load-balancer",
    category="network",
    texts={
        "fr": {
            "name": "Répartiteur de charge",
            "summary": "Une seule adresse devant vos services : le trafic va à ceux qui répondent.",
            "description": (
                "HAProxy sur une machine isolée, devant les services de votre projet, dans leur réseau privé. Vous "
                "nommez vos services, et leurs adresses suivent d’elles-mêmes. Chacun est vérifié toutes les quelques "
                "secondes ; celui qui ne répond plus ne reçoit plus rien, et la page dit pourquoi. HTTPS avec les "
                "certificats de vos noms de domaine, TCP, ou TLS transmis tel quel. Un membre se retire en douceur, "
                "et un réglage change sans couper une connexion."
            ),
        },
        "ar": {
            "name": "موزّع الحمل",
            "summary": "عنوان واحد أمام خدماتكم: يذهب الطلب إلى من يجيب.",
            "description": (
                "HAProxy على آلة معزولة أمام خدمات مشروعكم، داخل شبكتها الخاصة. تسمّون خدماتكم فتتبعها عناوينها من "
                "تلقاء نفسها. يُفحص كل عضو كل بضع ثوان؛ ومن لا يجيب لا يصله شيء، وتقول الصفحة السبب. HTTPS بشهادات "
                "أسماء نطاقاتكم، أو TCP، أو TLS يُمرَّر كما هو. يُسحب العضو بهدوء، ويتغير الإعداد دون قطع أي اتصال."
            ),
        },
        "en": {
            "name": "Load balancer",
            "summary": "One address in front of your services: what comes goes to those that answer.",
            "description": (
                "HAProxy on an isolated machine in front of your project's services, in their private network. You "
                "name your services, and their addresses follow by themselves. Each is checked every few seconds; one "
                "that does not answer gets nothing more, and the page says why. HTTPS with the certificates of your "
                "domain names, TCP, or TLS that is passed on as it is. A member is drained gently, and a setting "
                "changes without a dropped connection."
            ),
        },
    },
    plans=(
        StartingPlan("s", Size(1, GIB // 2, 2 * GIB), per_hour="0.11", per_month="59.00"),
        StartingPlan("m", Size(2, 1 * GIB, 4 * GIB), per_hour="0.27", per_month="149.00"),
        StartingPlan("l", Size(4, 2 * GIB, 8 * GIB), per_hour="0.63", per_month="349.00"),
    ),
    tiers=tariffs.USUAL,
)
