"""What is sold: offering cards, price cards, the plan picker."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from souk.ui.parts import Offer, Plan

register = template.Library()


@register.simple_tag
def offer_card(offer: Offer) -> SafeString:
    """`{% offer_card offer %}`: an offering on the market place; several in `<ul class="sk-offers">`."""
    return SafeString(render_to_string("ui/components/offer_card.html", {"offer": offer}))


@register.simple_tag
def price_card(plan: Plan, url: str = "", action: str | Promise = "") -> SafeString:
    """`{% price_card plan url=… action=… %}`: a plan with its price; several in `<div class="sk-prices">`."""
    return SafeString(render_to_string("ui/components/price_card.html", {"plan": plan, "url": url, "action": action}))


@register.simple_tag
def plan_picker(
    plans: Sequence[Plan], name: str = "plan", selected: str = "", legend: str | Promise = "", error: str = ""
) -> SafeString:
    """`{% plan_picker plans name="plan" selected=value legend=… %}`: radio buttons as cards."""
    values = {"plans": plans, "name": name, "selected": selected, "legend": legend, "error": error}
    return SafeString(render_to_string("ui/components/plan_picker.html", values))
