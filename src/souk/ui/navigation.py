"""The side navigation: described in settings; an entry shows when its page exists and concerns the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


class Audience(StrEnum):
    """Whom an entry concerns. A person may be several."""

    VISITOR = "visitor"
    BUYER = "buyer"
    VENDOR = "vendor"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Entry:
    """One page: its label, URL name, icon, and the URL names of pages that lie below it."""

    label: str | Promise
    url_name: str
    icon: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Entries under one heading, for one audience."""

    heading: str | Promise
    audience: Audience
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry as shown: with its address, and whether the reader is there."""

    label: str | Promise
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class LinkSection:
    """A section as shown."""

    heading: str | Promise
    links: tuple[Link, ...]


def visible(sections: Iterable[Section], audiences: Iterable[Audience], current: str) -> list[LinkSection]:
    """The sections that concern `audiences`, without pages that do not exist; `current` is a URL name."""
    wanted = frozenset(audiences)
    shown = []
    for section in sections:
        if section.audience not in wanted:
            continue
        links = tuple(link for entry in section.entries if (link := _link(entry, current)))
        if links:
            shown.append(LinkSection(section.heading, links))
    return shown


def url_or_none(name: str) -> str | None:
    """The address of a page without parameters, or None when this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _link(entry: Entry, current: str) -> Link | None:
    url = url_or_none(entry.url_name)
    if url is None:
        return None
    return Link(entry.label, url, entry.icon, current == entry.url_name or current in entry.below)
