"""What becomes of a push: a release, or a sentence that says why not, in the site's language."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import releases
from releases import Unfit

NOTHING = "0" * 40
SETTINGS = "/etc/souk/web/deploy.json"

_SENTENCES = {
    "made": {
        "fr": "La version {number} est en ligne : {url}",
        "ar": "الإصدار {number} على الشبكة: {url}",
        "en": "Release {number} is live: {url}",
    },
    "elsewhere": {
        "fr": "Reçu. Seule la branche {branch} met le site à jour.",
        "ar": "تم الاستلام. الفرع {branch} وحده يحدّث الموقع.",
        "en": "Received. Only the branch {branch} updates the site.",
    },
    "outside": {
        "fr": "Refusé : {path} est un lien qui mène hors du site.",
        "ar": "مرفوض: {path} رابط يؤدي إلى خارج الموقع.",
        "en": "Refused: {path} is a link that leads out of the site.",
    },
    "room": {
        "fr": "Refusé : il n’y a pas assez de place sur le disque. Supprimez des fichiers ou choisissez une formule "
        "plus grande.",
        "ar": "مرفوض: لا مساحة كافية على القرص. احذفوا ملفات أو اختاروا صيغة أكبر.",
        "en": "Refused: the disk has not enough room. Delete files, or choose a larger plan.",
    },
    "unreadable": {
        "fr": "Refusé : cette version ne peut pas être lue.",
        "ar": "مرفوض: تعذرت قراءة هذا الإصدار.",
        "en": "Refused: this version can't be read.",
    },
    "deleted": {
        "fr": "Refusé : la branche {branch} est celle du site, elle ne se supprime pas.",
        "ar": "مرفوض: الفرع {branch} هو فرع الموقع ولا يُحذف.",
        "en": "Refused: the branch {branch} is the site's, and can't be deleted.",
    },
    "folder": {
        "fr": "Attention : le dossier servi, {path}, n’existe pas dans cette version.",
        "ar": "تنبيه: المجلد المعروض {path} غير موجود في هذا الإصدار.",
        "en": "Mind: the folder that is served, {path}, is not in this version.",
    },
    "vendor": {
        "fr": "Attention : composer.json demande des bibliothèques, et le dossier vendor n’est pas là. Envoyez-le avec "
        "le reste.",
        "ar": "تنبيه: الملف composer.json يطلب مكتبات والمجلد vendor غير موجود. ادفعوه مع الباقي.",
        "en": "Mind: composer.json asks for libraries, and the folder vendor is not there. Push it with the rest.",
    },
}


def look(told: str) -> int:
    """Make a release of what is pushed to the branch that goes live. 0 if it may be accepted."""
    settings = _settings()
    pushed = _pushed(told, settings["branch"])
    if pushed is None:
        _say("elsewhere", branch=settings["branch"])
        return 0
    if pushed == NOTHING:
        _say("deleted", branch=settings["branch"])
        return 1
    try:
        folder = releases.make(
            lambda folder: _check_out(pushed, folder), note=_subject(pushed), by=_who(), source="push"
        )
    except Unfit as unfit:
        _say(unfit.word, **unfit.values)
        return 1
    served = settings["folder"]
    if served and not os.path.isdir(f"{folder}/{served}"):
        _say("folder", path=served)
    if _wants_libraries(folder):
        _say("vendor")
    return 0


def take(told: str) -> int:
    """Have the release that `look` made be the live one."""
    settings = _settings()
    if _pushed(told, settings["branch"]) is None:
        return 0
    number = releases.take_newest()
    _say("made", number=number, url=settings["url"])
    return 0


def _pushed(told: str, branch: str) -> str | None:
    for line in told.splitlines():
        _before, after, ref = line.split(" ", 2)
        if ref == "refs/heads/" + branch:
            return after
    return None


def _check_out(commit: str, folder: str) -> None:
    with subprocess.Popen(["git", "archive", "--format=tar", commit], stdout=subprocess.PIPE) as git:
        tar = subprocess.run(
            ["tar", "--extract", "--no-same-owner", "--directory", folder],
            stdin=git.stdout,
            capture_output=True,
            text=True,
            errors="replace",
        )
    if tar.returncode != 0 or git.returncode != 0:
        full = any(word in tar.stderr.lower() for word in ("no space", "quota exceeded"))
        raise Unfit("room" if full else "unreadable")


def _wants_libraries(folder: str) -> bool:
    try:
        with open(folder + "/composer.json", encoding="utf-8") as file:
            asked = json.load(file).get("require", {})
        return not os.path.isdir(folder + "/vendor") and any("/" in name for name in asked)
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def _subject(commit: str) -> str:
    done = subprocess.run(
        ["git", "log", "-1", "--format=%s", commit], capture_output=True, text=True, errors="replace", check=False
    )
    return done.stdout.strip()


def _who() -> str:
    return os.environ.get("USER", "").removeprefix("git-")


def _say(word: str, **values: object) -> None:
    sys.stderr.write(_SENTENCES[word][_settings()["language"]].format(**values) + "\n")


def _settings() -> dict[str, str]:
    with open(SETTINGS, encoding="utf-8") as file:
        return dict(json.load(file))
