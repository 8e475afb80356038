"""What holds other things: page headers, cards, notices, menus, dialogs, tabs, empty states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from souk.ui.parts import Tab
from souk.ui.tags.text import icon

register = template.Library()

Text = str | Promise

_NOTICE_ICONS = {
    "info": "info-circle",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
}


def _render(name: str, **values: Any) -> SafeString:
    return SafeString(render_to_string(f"ui/components/{name}.html", values))


@register.simple_block_tag
def page_header(content: str, title: Text, lead: Text = "", eyebrow: Text = "") -> SafeString:
    """`{% page_header title=… lead=… %} actions {% endpage_header %}`: the page's only h1."""
    return _render("page_header", title=title, lead=lead, eyebrow=eyebrow, actions=SafeString(content.strip()))


@register.simple_block_tag
def card(content: str, title: Text = "", icon: str = "", extra: str = "", flush: bool = False) -> SafeString:
    """`{% card title=… icon=… %}…{% endcard %}`; `flush` leaves no padding, for a table or a list."""
    return _render("card", title=title, icon=icon, extra=extra, flush=flush, content=content)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: Text = "") -> SafeString:
    """`{% notice "warn" title=… %}…{% endnotice %}`; tones info, ok, warn, bad."""
    return _render("notice", tone=tone, title=title, icon=_NOTICE_ICONS[tone], content=content)


@register.simple_block_tag
def empty(content: str, icon: str, title: Text, text: Text = "") -> SafeString:
    """`{% empty icon="database" title=… text=… %} action {% endempty %}`: nothing yet, and what to do."""
    return _render("empty", icon=icon, title=title, text=text, action=SafeString(content.strip()))


@register.simple_block_tag
def menu(content: str, label: Text, icon: str = "", extra: str = "", quiet: bool = False) -> SafeString:
    """`{% menu label=… icon="dots" quiet=True %}` links or buttons `{% endmenu %}`; quiet: the icon alone."""
    return _render("menu", label=label, icon=icon, extra=extra, quiet=quiet, content=content)


@register.simple_block_tag
def dialog(content: str, id: str, title: Text, extra: str = "") -> SafeString:
    """`{% dialog id="d" title=… %}…{% enddialog %}`; opened by any button with `data-dialog="d"`."""
    return _render("dialog", id=id, title=title, extra=extra, content=content)


@register.simple_block_tag
def details(content: str, summary: Text, open: bool = False) -> SafeString:
    """`{% details summary=… %}…{% enddetails %}`: something the reader unfolds."""
    return _render("details", summary=summary, open=open, content=content)


@register.simple_block_tag
def facts(content: str, columns: int = 1) -> SafeString:
    """`{% facts columns=2 %}{% fact "Plan" %}s{% endfact %}…{% endfacts %}`: names and values."""
    return format_html('<dl class="sk-facts sk-facts-{}">{}</dl>', columns, SafeString(content))


@register.simple_block_tag
def fact(content: str, label: Text) -> SafeString:
    """One name and its value inside `{% facts %}`."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, SafeString(content))


@register.simple_tag
def tabs(items: Sequence[Tab], label: Text) -> SafeString:
    """`{% tabs items label=… %}`: parts of a page that have their own addresses."""
    return _render("tabs", items=items, label=label)


@register.simple_tag
def button_icon(name: str, label: Text) -> SafeString:
    """The inside of a button that shows an icon and a label."""
    return format_html("{}<span>{}</span>", icon(name), label)
