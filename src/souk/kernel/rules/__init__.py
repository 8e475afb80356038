"""Law as data: dated rules with article and source, kept in rule packs per country."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from uuid import NAMESPACE_DNS, uuid5

from django.db.models import Q

from souk.kernel import clock, events
from souk.kernel.errors import Problem
from souk.kernel.models import Rule, RulePack
from souk.kernel.scope import System, acting


class RuleMissing(Problem):
    """No enabled rule “{key}” holds in {country} on {day}. The operator must complete the rule pack."""

    status = 503


class PackMissing(Problem):
    """There is no rule pack for the country “{country}”. Load one first."""

    status = 404


@dataclass(frozen=True)
class RuleValue:
    """A rule's value on a day and where it comes from."""

    key: str
    value: object
    article: str
    source: str

    @property
    def rate(self) -> Decimal:
        """The value as an exact rate (0.20 for twenty per cent)."""
        return Decimal(str(self.value))


def find(country: str, key: str, day: date) -> RuleValue | None:
    """The enabled rule of `country` that holds on `day`, or None."""
    rule = (
        Rule.objects.filter(pack_id=country, key=key, enabled=True, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .order_by("-valid_from")
        .first()
    )
    return None if rule is None else RuleValue(rule.key, rule.value, rule.article, rule.source)


def require(country: str, key: str, day: date) -> RuleValue:
    """Like `find`, but a missing rule is a problem of the operator's, told as such."""
    rule = find(country, key, day)
    if rule is None:
        raise RuleMissing(country=country, key=key, day=day.isoformat())
    return rule


def signed_off(country: str) -> bool:
    """Whether counsel has signed the country's pack off; if not, documents say SPECIMEN."""
    return RulePack.objects.filter(country=country, signed_off_at__isnull=False).exists()


def sign_off(country: str, by: str) -> None:
    """Record that counsel has checked the country's pack as it is now.

    Raises:
        PackMissing.
    """
    with acting(System("rules")):
        pack = RulePack.objects.select_for_update().filter(country=country).first()
        if pack is None:
            raise PackMissing(country=country)
        pack.signed_off_by, pack.signed_off_at = by, clock.now()
        pack.save(update_fields=["signed_off_by", "signed_off_at"])
        events.record(
            "rule_pack.signed_off",
            ("rule_pack", uuid5(NAMESPACE_DNS, country)),
            data={"country": country, "version": pack.version, "by": by},
        )


def load_pack(name: str) -> int:
    """Bring a pack shipped with Souk into the database; what the operator enabled or signed off stays. Count rules."""
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")
    pack = tomllib.loads(text)
    row, _ = RulePack.objects.update_or_create(country=pack["country"], defaults={"version": pack["version"]})
    for rule in pack["rule"]:
        Rule.objects.get_or_create(
            pack=row,
            key=rule["key"],
            valid_from=rule["valid_from"],
            defaults={
                "value": rule["value"],
                "valid_to": rule.get("valid_to"),
                "article": rule.get("article", ""),
                "source": rule["source"],
                "status": rule["status"],
                "enabled": rule["status"] == "sourced" and rule.get("enabled", True),
            },
        )
    return len(pack["rule"])
