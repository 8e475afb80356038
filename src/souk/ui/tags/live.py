"""What moves: steps, a live region, an operation's log, secrets shown on demand."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from souk.ui.parts import LogLine, Step

register = template.Library()

Text = str | Promise


@register.simple_tag
def steps(items: Sequence[Step], label: Text) -> SafeString:
    """`{% steps items label=… %}`: how far something long has come."""
    return SafeString(render_to_string("ui/components/steps.html", {"items": items, "label": label}))


@register.simple_tag
def log(lines: Sequence[LogLine], label: Text) -> SafeString:
    """`{% log lines label=… %}`: an operation's log, oldest first."""
    return SafeString(render_to_string("ui/components/log.html", {"lines": lines, "label": label}))


@register.simple_block_tag
def live(content: str, id: str, url: str, moving: bool, every: int = 1) -> SafeString:
    """`{% live id="op" url=… moving=in_progress every=1 %}…{% endlive %}`: asks again while it moves.

    The address answers with this same block; when nothing moves any more it carries no trigger and rests.
    Focus and open details inside are kept.

    Raises:
        ValueError: it moves and there is no address to ask (htmx would fetch the whole page into itself).
    """
    if moving and not url:
        raise ValueError(f"live region {id} has no address")
    if not moving:
        return format_html('<div id="{}" class="sk-live">{}</div>', id, SafeString(content))
    return format_html(
        '<div id="{}" class="sk-live" data-keep hx-get="{}" hx-trigger="every {}s" hx-swap="outerHTML" '
        'hx-sync="this:drop">{}</div>',
        id,
        url,
        every,
        SafeString(content),
    )


@register.simple_tag
def live_price(id: str, url: str, form: str) -> SafeString:
    """`{% live_price id="price" url=… form="#order" %}`: posts the form when it changes, shows the answer."""
    values = {"id": id, "url": url, "form": form}
    return SafeString(render_to_string("ui/components/live_price.html", values))


@register.simple_tag
def secret(id: str, url: str, label: Text) -> SafeString:
    """`{% secret id="pw" url=… label=… %}`: hidden until asked for; the POST is where the audit happens.

    The address answers with `{% revealed id="pw" value=… label=… %}`.
    """
    values = {"id": id, "url": url, "label": label}
    return SafeString(render_to_string("ui/components/secret.html", values))


@register.simple_tag
def revealed(id: str, value: str, label: Text, url: str = "") -> SafeString:
    """A secret that is there: masked at will, copyable, gone from the page after a minute."""
    values = {"id": id, "value": value, "label": label, "url": url}
    return SafeString(render_to_string("ui/components/revealed.html", values))
