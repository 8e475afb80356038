"""Publishing stacks: what one is made of is looked at, written as a version of an offering, priced and submitted; the
operator's review has the last word, as for every offering.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from souk.catalog import commands as catalog
from souk.catalog import queries
from souk.catalog.commands import PlanDetails, PriceDetails
from souk.catalog.errors import MarketplaceMissing
from souk.catalog.queries import Sellable
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.kernel.scope import Scope, acting
from souk.parties.access import CAN_ADMINISTER, need
from souk.provisioning import names as domain_names
from souk.provisioning.contract import CHANGEABLE, Size
from souk.provisioning.registry import blueprint, schema_of
from souk.provisioning.schema import complete
from souk.stacks import errors
from souk.stacks.composer import DOMAIN, KEY
from souk.stacks.models import StackPlan

MOST_PARTS = 10
_DOMAIN = f"{{{DOMAIN}}}"
_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")


@dataclass(frozen=True)
class PartDetails:
    """A part of a stack: a plan of an offering of the same market place, and the parameters that the stack gives it.
    One that is `public` has a public address if the stack is ordered with one, at the stack's price.

    A part that serves DNS zones has the `zone`, one that is public the `names`: in both `{domain}` stands for the
    domain that whoever orders is asked for, who may leave it out.
    """

    offering: str
    plan: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    public: bool = False
    zone: str = ""
    names: Sequence[str] = ()


@dataclass(frozen=True)
class StackPlanDetails:
    """A plan: its parts by their names, and its price in major units without tax."""

    key: str
    per_hour: Decimal
    per_month: Decimal
    parts: Mapping[str, PartDetails]


@dataclass(frozen=True)
class StackDetails:
    """A stack to be sold. `texts` maps a language to {name, summary, description}; `questions` what is asked of whoever
    orders to the parameters that an answer is for, each as `part.parameter`: it is asked as the first of them is.
    """

    slug: str
    category: str
    texts: Mapping[str, Mapping[str, str]]
    plans: Sequence[StackPlanDetails]
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    marketplace: str = "public"


@dataclass(frozen=True)
class _Found:
    """A part, and what it is sold as today."""

    details: PartDetails
    sold: Sellable

    @property
    def plan(self) -> UUID | None:
        """The catalogue's, of what is on no machine of ours."""
        return None if blueprint(self.sold.blueprint).producer is None else self.sold.plan_id

    @property
    def schema(self) -> Mapping[str, Any]:
        """Of its parameters."""
        return schema_of(self.sold.blueprint, self.plan)


def publish(scope: Scope, vendor: UUID, details: StackDetails) -> UUID:
    """Write the next version of a stack, with its prices, and submit it for review. Returns the version.

    Raises:
        NotFound, RoleTooLow, MarketplaceMissing, SlugTaken, NoParts, InvalidPartName, PartsDiffer, StackInStack,
        InvalidPart, UnknownQuestion, QuestionsDiffer, QuestionTaken, ServesNoZones, NamesWithoutAddress,
        OutsideOfDomain, PriceNotPositive, MonthBelowHours.
    """
    with acting(scope):
        need(scope, vendor, CAN_ADMINISTER, grant="organization")
        book = queries.price_book(scope, details.marketplace)
        if book is None:
            raise MarketplaceMissing(slug=details.marketplace)
        _own(scope, vendor, details.slug)
        asked = {each for feeds in details.questions.values() for each in feeds}
        found = {plan.key: _parts(details, plan, asked) for plan in details.plans}
        _same_parts(found)
        schema = _schema(details.questions, next(iter(found.values()), {}))
        version = catalog.draft_version(
            scope,
            details.slug,
            vendor,
            details.category,
            KEY,
            details.texts,
            schema,
            [PlanDetails(plan.key, 0, 0, 0, features=_features(found[plan.key])) for plan in details.plans],
        )
        made = queries.plan_ids(scope, version)
        for plan in details.plans:
            catalog.set_price(scope, book[1], made[plan.key], PriceDetails(plan.per_hour, plan.per_month), clock.now())
            StackPlan.objects.create(
                plan_id=made[plan.key],
                organization_id=vendor,
                offering_slug=details.slug,
                version_id=version,
                parts=[_part(name, part) for name, part in found[plan.key].items()],
                questions={name: [each.split(".") for each in feeds] for name, feeds in details.questions.items()},
                schema=schema,
            )
        catalog.move_version(scope, version, "submitted")
        catalog.list_offering(scope, book[0], queries.offering_id(scope, version))
        return version


def _own(scope: Scope, vendor: UUID, slug: str) -> None:
    """Raises SlugTaken."""
    holder = queries.vendor_of(scope, slug)
    if holder is None:
        return
    if holder != vendor or not StackPlan.objects.filter(offering_slug=slug).exists():
        raise errors.SlugTaken(slug=slug)


def _parts(details: StackDetails, plan: StackPlanDetails, asked: Collection[str]) -> dict[str, _Found]:
    if not 2 <= len(plan.parts) <= MOST_PARTS:
        raise errors.NoParts(most=MOST_PARTS)
    found = {}
    for name, part in plan.parts.items():
        if not _NAME.fullmatch(name):
            raise errors.InvalidPartName(name=name)
        try:
            sold = queries.sellable(details.marketplace, part.offering, part.plan, "", clock.now())
        except Problem as problem:
            raise errors.InvalidPart(part=name, reason=problem.sentence) from problem
        if blueprint(sold.blueprint).composer is not None:
            raise errors.StackInStack(part=name)
        found[name] = _Found(part, sold)
        _nameable(name, found[name])
        _orderable(name, found[name], {each.partition(".")[2] for each in asked if each.startswith(f"{name}.")})
    return found


def _nameable(name: str, part: _Found) -> None:
    """Make sure that a part can have its names, whatever the domain will be."""
    details = part.details
    if details.zone and blueprint(part.sold.blueprint).zones is None:
        raise errors.ServesNoZones(part=name)
    if details.names and not details.public:
        raise errors.NamesWithoutAddress(part=name)
    for each in (*filter(None, [details.zone]), *details.names):
        if each != _DOMAIN and not each.endswith(f".{_DOMAIN}"):
            raise errors.OutsideOfDomain(part=name, name=each, domain=_DOMAIN)
        try:
            domain_names.written(each.replace(_DOMAIN, "example.ma"))
        except Problem as problem:
            raise errors.OutsideOfDomain(part=name, name=each, domain=_DOMAIN) from problem


def _orderable(name: str, part: _Found, answered: Collection[str]) -> None:
    """Make sure that a part can be ordered with what the stack gives it, whatever the answers will be."""
    required = [each for each in part.schema.get("required", ()) if each not in answered]
    kind, given = blueprint(part.sold.blueprint), part.details.parameters
    waits = set(part.schema.get("required", ())) - set(given)
    try:
        complete({**part.schema, "required": required}, given, _nothing if waits else kind.check)
    except Problem as problem:
        raise errors.InvalidPart(part=name, reason=problem.sentence) from problem


def _nothing(_: Mapping[str, Any]) -> None:
    """What is still to be answered can't be looked at."""


def _same_parts(found: Mapping[str, Mapping[str, _Found]]) -> None:
    made_of = {key: {name: part.sold.blueprint for name, part in parts.items()} for key, parts in found.items()}
    if not made_of:
        raise errors.NoParts(most=MOST_PARTS)
    first = next(iter(made_of.values()))
    for key, each in made_of.items():
        if each != first:
            raise errors.PartsDiffer(plan=key)


def _schema(questions: Mapping[str, Sequence[str]], parts: Mapping[str, _Found]) -> dict[str, Any]:
    """Each question is asked as its first parameter is, with the stack's own default; it can be answered anew if each
    of them can be changed.
    """
    properties = _domain(parts)
    for question, feeds in questions.items():
        if question == DOMAIN:
            raise errors.QuestionTaken(question=question)
        rules = [_rule(question, each, parts) for each in feeds]
        if not rules:
            raise errors.UnknownQuestion(question=question, part="", parameter="")
        plain = [{key: value for key, value in rule.items() if key in _ANSWERS} for rule in rules]
        if any(each != plain[0] for each in plain):
            raise errors.QuestionsDiffer(question=question)
        rule = {key: value for key, value in rules[0].items() if key != CHANGEABLE}
        properties[question] = {**rule, **({CHANGEABLE: True} if all(each.get(CHANGEABLE) for each in rules) else {})}
    needed = [question for question, feeds in questions.items() if any(_is_needed(each, parts) for each in feeds)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        **({"required": needed} if needed else {}),
    }


def _is_needed(feed: str, parts: Mapping[str, _Found]) -> bool:
    name, _, parameter = feed.partition(".")
    part = parts[name]
    return parameter in part.schema.get("required", ()) and parameter not in part.details.parameters


def _domain(parts: Mapping[str, _Found]) -> dict[str, Any]:
    """The question for a domain, if any part has names in it."""
    if not any(part.details.zone or part.details.names for part in parts.values()):
        return {}
    return {
        DOMAIN: {
            "title": _("Your domain"),
            "description": _(
                "Such as zellige.ma, if you have one: it is prepared, and you are told what to enter where you "
                "registered it. It can also be added later."
            ),
            "type": "string",
            "maxLength": 200,
            "default": "",
        }
    }


_ANSWERS = frozenset({"type", "enum", "pattern", "minimum", "maximum", "maxLength", "minLength", "items", "format"})
"""What of a parameter's schema says which answers it takes."""


def _rule(question: str, feed: str, parts: Mapping[str, _Found]) -> Mapping[str, Any]:
    part, _, parameter = feed.partition(".")
    rules = parts[part].schema.get("properties", {}) if part in parts else {}
    if parameter not in rules:
        raise errors.UnknownQuestion(question=question, part=part, parameter=parameter)
    given = parts[part].details.parameters
    return {**rules[parameter], **({"default": given[parameter]} if parameter in given else {})}


def _features(parts: Mapping[str, _Found]) -> list[str]:
    return [f"{part.sold.offering_name} · {part.sold.plan_key.upper()}" for part in parts.values()]


def _part(name: str, part: _Found) -> dict[str, Any]:
    sold = part.sold
    return {
        "name": name,
        "offering": part.details.offering,
        "offering_plan": sold.plan_key,
        "version": str(sold.version_id),
        "blueprint": sold.blueprint,
        "plan": None if part.plan is None else str(part.plan),
        "size": asdict(Size(sold.vcpus, sold.memory, sold.disk, sold.members)),
        "parameters": dict(part.details.parameters),
        "public": part.details.public,
        "zone": part.details.zone,
        "names": list(part.details.names),
    }


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
