"""What a stack can be: looked at when it is published, by the sentence that says what to mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.support.stacks import details, seller
from tests.support.world import Customer, customer

from souk.catalog import queries
from souk.catalog.errors import MonthBelowHours, PriceNotPositive
from souk.kernel.errors import Forbidden, NotFound
from souk.kernel.scope import System, acting
from souk.provisioning.contract import CHANGEABLE
from souk.provisioning.reconciler.converge import Ground
from souk.stacks import commands, errors
from souk.stacks.commands import PartDetails, StackPlanDetails
from souk.stacks.models import StackPlan
from souk.stacks.queries import offered

SITE, FILES = PartDetails("exemple", "s"), PartDetails("exemple", "m")


def _refused(error: type[Exception], match: str | None = None, **other: object) -> None:
    with pytest.raises(error, match=match):
        commands.publish(System("test"), seller(), details(**{"slug": "autre", **other}))


def _plans(**parts: Mapping[str, PartDetails]) -> dict[str, Mapping[str, PartDetails]]:
    return parts


def test_it_is_sold_once_the_operator_has_approved_it(place: Ground) -> None:
    assert queries.published_offering("public", "bureau", "en")["name"] == "Office"
    made_of = offered("public", "bureau", "ar")
    assert [(part.name, part.offering_name, part.plan) for part in made_of["m"]] == [
        ("site", "خدمة نموذجية", "m"),
        ("files", "خدمة نموذجية", "s"),
    ]
    commands.publish(System("test"), seller(), details(slug="autre"))
    with pytest.raises(queries.errors.OfferingMissing):
        queries.published_offering("public", "autre", "fr")


def test_a_question_is_asked_as_its_first_parameter_is(place: Ground) -> None:
    schema = queries.published_offering("public", "bureau", "fr")["parameters"]
    assert schema["properties"] == {
        "taste": {"type": "string", "enum": ["plain", "mint"], "default": "plain", CHANGEABLE: True}
    }


@pytest.mark.parametrize("parts", [{}, {"site": SITE}, {f"p{number}": SITE for number in range(11)}])
def test_a_stack_of_none_one_or_too_many_parts_is_refused(place: Ground, parts: Mapping[str, PartDetails]) -> None:
    _refused(errors.NoParts, r"2 \S+ 10", plans=_plans(s=parts), questions={})


@pytest.mark.parametrize("name", ["", "Site", "1er", "mon-site", "site web", "موقع", "x" * 21, "site\n"])
def test_a_part_has_a_name_that_fits_into_others(place: Ground, name: str) -> None:
    _refused(errors.InvalidPartName, plans=_plans(s={name: SITE, "files": FILES}), questions={})


def test_plans_have_the_same_parts(place: Ground) -> None:
    plans = _plans(s={"site": SITE, "files": FILES}, m={"site": SITE, "mail": FILES})
    _refused(errors.PartsDiffer, "m", plans=plans, questions={})


@pytest.mark.parametrize(
    ("part", "match"),
    [
        (PartDetails("rien", "s"), "rien"),
        (PartDetails("exemple", "xxl"), "xxl"),
        (PartDetails("exemple", "s", {"flavour": "sour"}), "flavour"),
        (PartDetails("exemple", "s", {"colour": "red"}), "colour"),
    ],
)
def test_a_part_that_nobody_could_order_is_refused(place: Ground, part: PartDetails, match: str) -> None:
    _refused(errors.InvalidPart, match, plans=_plans(s={"site": part, "files": FILES}), questions={})


def test_a_stack_is_no_part_of_a_stack(place: Ground) -> None:
    plans = _plans(s={"site": SITE, "all": PartDetails("bureau", "s")})
    _refused(errors.StackInStack, "all", plans=plans, questions={})


@pytest.mark.parametrize("feed", ["site", "site.colour", "mail.flavour", "", "site.flavour.x"])
def test_a_question_for_nothing_is_refused(place: Ground, feed: str) -> None:
    _refused(errors.UnknownQuestion, questions={"taste": [feed]})
    _refused(errors.UnknownQuestion, questions={"taste": []})


def test_a_question_for_parameters_that_differ_is_refused(place: Ground) -> None:
    _refused(errors.QuestionsDiffer, "taste", questions={"taste": ["site.flavour", "files.more"]})


@pytest.mark.parametrize(
    ("hour", "month", "error"),
    [("0", "10", PriceNotPositive), ("1", "-5", PriceNotPositive), ("1", "700", MonthBelowHours)],
)
def test_it_has_a_price_that_could_be_paid(place: Ground, hour: str, month: str, error: type[Exception]) -> None:
    stack = details(slug="autre")
    wrong = StackPlanDetails("s", Decimal(hour), Decimal(month), stack.plans[0].parts)
    with pytest.raises(error):
        commands.publish(System("test"), seller(), replace(stack, plans=[wrong]))


def test_only_the_seller_of_a_stack_writes_its_next_version(place: Ground, buyer: Customer) -> None:
    with pytest.raises(errors.SlugTaken):
        commands.publish(buyer.scope, buyer.organization, details())
    with pytest.raises(errors.SlugTaken):
        commands.publish(System("test"), seller(), details(slug="exemple"))
    with pytest.raises((NotFound, Forbidden)):
        commands.publish(buyer.scope, seller(), details(slug="autre"))


def test_whoever_sells_sees_what_its_stacks_are_made_of_and_nobody_elses(place: Ground, buyer: Customer) -> None:
    commands.publish(buyer.scope, buyer.organization, details(slug="zellige"))
    with acting(buyer.scope):
        assert set(StackPlan.objects.values_list("offering_slug", flat=True)) == {"zellige"}
    with acting(customer("Autre SARL").scope):
        assert not StackPlan.objects.exists()
