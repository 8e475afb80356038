"""The stacks that an operator's catalogue starts with."""

from __future__ import annotations

from decimal import Decimal

from souk.stacks.commands import PartDetails, StackDetails, StackPlanDetails


def _plan(key: str, per_hour: str, per_month: str) -> StackPlanDetails:
    site = PartDetails("wordpress", key, public=True, names=("{domain}", "www.{domain}"))
    parts = {
        "domaine": PartDetails("dns-zones", "s", public=True, zone="{domain}"),
        "site": site,
        "fichiers": PartDetails("object-storage", key),
    }
    return StackPlanDetails(key, Decimal(per_hour), Decimal(per_month), parts)


STARTING_STACKS = (
    StackDetails(
        slug="online-presence",
        category="stacks",
        texts={
            "fr": {
                "name": "Présence en ligne",
                "summary": "Votre domaine, un site WordPress et un espace pour vos fichiers, prêts ensemble.",
                "description": (
                    "Le site répond à votre nom de domaine, en https, dès que celui-ci vous mène ici : les "
                    "enregistrements s’écrivent d’eux-mêmes dans votre zone DNS. Le site est sauvegardé chaque jour, "
                    "fichiers et base ensemble. Les fichiers lourds vont dans un stockage objet compatible S3. Tout se "
                    "commande, se change et se supprime en bloc, et chaque élément reste un service à part entière."
                ),
            },
            "ar": {
                "name": "حضور على الإنترنت",
                "summary": "نطاقكم وموقع ووردبريس ومساحة لملفاتكم، جاهزة معا.",
                "description": (
                    "يجيب الموقع باسم نطاقكم عبر https بمجرد أن يقود إلى هنا: تُكتب السجلات في منطقة DNS الخاصة بكم من "
                    "تلقاء نفسها. يُحفظ الموقع كل يوم، ملفاته وقاعدته معا. وتوضع الملفات الكبيرة في تخزين كائنات متوافق "
                    "مع S3. يُطلب كل ذلك ويُغيَّر ويُحذف كوحدة، ويبقى كل جزء خدمة قائمة بذاتها."
                ),
            },
            "en": {
                "name": "Online presence",
                "summary": "Your domain, a WordPress site and room for your files, ready together.",
                "description": (
                    "The site answers to your domain's name, by https, as soon as that leads here: the records are "
                    "written into your DNS zone by themselves. The site is backed up each day, files and database as "
                    "one. Large files go to object storage that speaks S3. All of it is ordered, changed and deleted "
                    "as one, and each part stays a service of its own."
                ),
            },
        },
        questions={"language": ["site.language"], "site_title": ["site.site_title"]},
        plans=(_plan("s", "0.30", "159"), _plan("m", "0.62", "339"), _plan("l", "1.48", "799")),
    ),
)
