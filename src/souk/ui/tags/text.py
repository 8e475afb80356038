"""Values in a sentence: icons, states, money, sizes, instants, identifiers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from souk.kernel import clock
from souk.kernel.money import Money
from souk.ui import format as words
from souk.ui.status import describe
from souk.ui.vendor import FOLDER, SPRITE

register = template.Library()

# Icons that point along the line of reading, and so turn round in Arabic.
_DIRECTIONAL = frozenset({"arrow-left", "arrow-right", "chevron-left", "chevron-right", "logout", "login", "send"})


@cache
def icon_names() -> frozenset[str]:
    """Names of the icons in the sprite."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', (FOLDER / SPRITE).read_text()))


@register.simple_tag
def icon(name: str, extra: str = "", label: str = "") -> SafeString:
    """`{% icon "database" %}`: a decorative drawing in the text's colour; with `label` it speaks.

    Raises:
        LookupError: the sprite has no such icon; add its name to ui/vendor.json and refresh.
    """
    if name not in icon_names():
        raise LookupError(f"no such icon: {name}")
    classes = " ".join(filter(None, ["icon", "sk-flip" if name in _DIRECTIONAL else "", extra]))
    speech = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    href = static(f"ui/vendor/{SPRITE}")
    return format_html('<svg class="{}" {}><use href="{}#{}"></use></svg>', classes, speech, href, name)


@register.simple_tag
def status(state: str, kind: str = "instance") -> SafeString:
    """`{% status instance.state %}`, `{% status invoice.state "invoice" %}`: a word with its coloured dot."""
    shown = describe(str(state), kind)
    moving = " sk-moving" if shown.moving else ""
    return format_html('<span class="sk-status sk-{}{}">{}</span>', shown.tone, moving, shown.label)


@register.simple_tag
def money(value: Money | None, per: str = "") -> SafeString:
    """`{% money total %}`, `{% money price per="month" %}` (or "hour"): an exact amount, kept on one line."""
    if value is None:
        return _nothing()
    return format_html('<bdi class="sk-num">{}</bdi>{}', words.money(value), _per(per))


@register.simple_tag
def rate(amount: Decimal | None, currency: str, per: str = "hour") -> SafeString:
    """`{% rate plan.hour "MAD" %}`: a unit price, with as many decimals as it needs."""
    if amount is None:
        return _nothing()
    return format_html('<bdi class="sk-num">{}</bdi>{}', words.rate(amount, currency), _per(per))


@register.simple_tag
def size(count: float | None) -> SafeString:
    """`{% size machine.memory %}`: bytes in binary units."""
    return _nothing() if count is None else format_html('<bdi dir="ltr" class="sk-num">{}</bdi>', words.size(count))


@register.simple_tag
def quantity(value: Decimal | float | None, unit: str = "", decimals: int = 2) -> SafeString:
    """`{% quantity 12.5 "GiB·h" %}`: a number and its unit."""
    if value is None:
        return _nothing()
    return format_html('<bdi class="sk-num">{}</bdi>', words.quantity(value, unit, decimals))


@register.simple_tag
def duration(value: timedelta | float | None) -> SafeString:
    """`{% duration seconds %}`: the two largest units."""
    return _nothing() if value is None else format_html('<bdi class="sk-num">{}</bdi>', words.duration(value))


@register.simple_tag
def when(value: datetime | None, style: str = "datetime") -> SafeString:
    """`{% when created_at %}`; style datetime, date, time, full, month, stamp or relative."""
    if value is None:
        return _nothing()
    shown = words.since(value, clock.now()) if style == "relative" else words.instant(value, style)
    stamp = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    full = words.instant(value, "full")
    return format_html('<time class="sk-num" datetime="{}" title="{}">{}</time>', stamp, full, shown)


@register.filter
def ltr(value: object) -> SafeString:
    """`{{ ice|ltr }}`: an identifier, address or name that reads left to right in any page."""
    return format_html('<bdi dir="ltr">{}</bdi>', value)


@register.simple_tag
def code(value: object) -> SafeString:
    """`{% code endpoint.host %}`: an identifier in monospace, left to right."""
    return format_html('<code class="sk-code" dir="ltr">{}</code>', value)


@register.simple_tag
def copy(value: object, label: str | Promise = "") -> SafeString:
    """`{% copy endpoint.host %}`: an identifier and a button that copies it."""
    spoken = label or gettext("Copy")
    return format_html(
        '<span class="sk-copy"><code class="sk-code" dir="ltr">{}</code>'
        '<button type="button" class="sk-icon-button" data-copy="{}" aria-label="{}" title="{}">{}</button>'
        "</span>",
        value,
        value,
        f"{spoken}: {value}",
        spoken,
        icon("copy"),
    )


def _per(unit: str) -> SafeString:
    words_for = {"month": gettext("month"), "hour": gettext("hour"), "day": gettext("day")}
    return format_html('<span class="sk-per"> / {}</span>', words_for.get(unit, unit)) if unit else SafeString("")


def _nothing() -> SafeString:
    return format_html('<span class="sk-none" title="{}">—</span>', gettext("None"))
