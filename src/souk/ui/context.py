"""The context processor behind every page: reader, navigation, theme, language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language_bidi

from souk.ui.navigation import LinkSection, Section, url_or_none, visible
from souk.ui.shell import Shell, shell_of

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "souk_theme"
SHEETS = tuple(f"ui/css/{name}.css" for name in ("tokens", "shell", "parts", "forms", "data", "market"))
SCRIPTS = tuple(
    f"ui/js/{name}.js" for name in ("theme", "shell", "copy", "dialog", "forms", "toasts", "live", "secret")
)
#: Each language in its own words: a reader looks for that.
LANGUAGES = (("fr", "Français"), ("ar", "العربية"), ("en", "English"))


@dataclass(frozen=True)
class Frame:
    """What the base templates read besides the shell."""

    product: str
    theme: str
    direction: str
    simulation: bool
    languages: tuple[tuple[str, str], ...]
    language_url: str | None
    sheets: tuple[str, ...] = SHEETS
    scripts: tuple[str, ...] = SCRIPTS
    links: tuple[tuple[str | Promise, str], ...] = ()


def console(request: HttpRequest) -> dict[str, Any]:
    """`shell`, `navigation` and `frame`; each is worked out only when a template asks for it."""
    shell = cast(Shell, SimpleLazyObject(lambda: shell_of(request)))
    return {
        "shell": shell,
        "navigation": SimpleLazyObject(lambda: _navigation(request, shell)),
        "frame": _frame(request),
    }


def _frame(request: HttpRequest) -> Frame:
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return Frame(
        product=getattr(settings, "SOUK_MARKETPLACE_NAME", "Souk"),
        theme=theme if theme in THEMES else "auto",
        direction="rtl" if get_language_bidi() else "ltr",
        simulation=bool(getattr(settings, "SOUK_SIMULATION", False)),
        languages=LANGUAGES,
        language_url=url_or_none("set_language"),
        links=tuple(getattr(settings, "SOUK_FOOTER_LINKS", ())),
    )


def _navigation(request: HttpRequest, shell: Shell) -> list[LinkSection]:
    dotted = getattr(settings, "SOUK_NAVIGATION", "souk.settings.navigation.NAVIGATION")
    sections: tuple[Section, ...] = import_string(dotted)
    match = request.resolver_match
    return visible(sections, shell.audiences, match.view_name if match else "")
