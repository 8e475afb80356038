"""The page that a new site shows until its customer brings another one, in the customer's language."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).parent / "welcome.html"
# Laid down once, in the language that was chosen: whoever looks at it later is not asked.
_TEXTS: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Votre site est en ligne",
        "lead": "Cette page tient la place de la vôtre. Voici trois façons de la remplacer.",
        "git": "Avec git",
        "git_why": "Chaque envoi devient une version ; les cinq dernières restent, et un clic y revient.",
        "sftp": "Avec SFTP",
        "sftp_why": "Déposez vos fichiers dans le dossier live, avec FileZilla ou en ligne de commande.",
        "console": "Ensuite",
        "console_why": "Le mot de passe, vos clés, votre nom de domaine et les sauvegardes sont dans la console, sur "
        "la page du service.",
    },
    "ar": {
        "title": "موقعكم على الشبكة",
        "lead": "هذه الصفحة تحجز مكان صفحتكم. إليكم كيف تضعون صفحتكم مكانها.",
        "git": "عبر git",
        "git_why": "كل دفعة تصبح إصدارًا؛ تُحفظ الإصدارات الخمسة الأخيرة، وبنقرة واحدة تعودون إليها.",
        "sftp": "عبر SFTP",
        "sftp_why": "ضعوا ملفاتكم في المجلد live، بواسطة FileZilla أو سطر الأوامر.",
        "console": "بعد ذلك",
        "console_why": "كلمة السر ومفاتيحكم واسم نطاقكم والنسخ الاحتياطية في لوحة التحكم، في صفحة الخدمة.",
    },
    "en": {
        "title": "Your site is online",
        "lead": "This page keeps the place for yours. Here is how to replace it.",
        "git": "With git",
        "git_why": "Each push becomes a release; the last five stay, and one click goes back to any of them.",
        "sftp": "With SFTP",
        "sftp_why": "Put your files into the folder live, with FileZilla or on the command line.",
        "console": "Then",
        "console_why": "The password, your keys, your domain name and the backups are in the console, on the "
        "service's page.",
    },
}


def welcome(host: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The page, and the path at which it lies in the site."""
    language = given["language"]
    words = {
        **_TEXTS[language],
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "host": host,
        "branch": given["branch"],
        "served": "/" + "/".join(part for part in ("live", given["folder"]) if part),
    }
    page = _TEMPLATE.read_text(encoding="utf-8")
    for name, text in words.items():
        page = page.replace("{{" + name + "}}", html.escape(text))
    # PHP or not, a folder's page may be this one.
    return {"path": "/".join(part for part in (given["folder"], "index.html") if part), "page": page}
