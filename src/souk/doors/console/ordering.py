"""The order form: what is chosen, what it costs while one chooses, and the order itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from souk.catalog import queries as catalog
from souk.catalog.errors import NotForSale
from souk.doors.console import quoting, selling, words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.networks import DEFAULT, choices
from souk.doors.console.problems import tell
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.kernel.idempotency import IdempotencyKeyReused
from souk.kernel.ids import new_id
from souk.ordering import commands, queries
from souk.parties.access import CAN_ORDER
from souk.provisioning import registry
from souk.provisioning.addresses import has_ranges
from souk.provisioning.errors import InvalidParameters
from souk.sites.queries import RegionRow, regions
from souk.ui.fields import offer
from souk.ui.format import language
from souk.ui.parts import Crumb, Plan, Step
from souk.ui.schema_fields import SaneTextField, WesternIntegerField
from souk.ui.schema_form import SchemaForm


class OrderForm(forms.Form):
    """What every order says, whatever is ordered. `key` makes sending it twice one order."""

    name = SaneTextField(
        label=gettext_lazy("Service name"),
        max_length=63,
        help_text=gettext_lazy("As you will find it in your lists: any script, up to 63 characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"), widget=forms.RadioSelect)
    project = forms.ChoiceField(label=gettext_lazy("Project"), widget=forms.Select)
    extra_gib = WesternIntegerField(
        label=gettext_lazy("Disk beyond the plan, in GiB"),
        help_text=gettext_lazy("On each machine. It can be changed later, and grow by itself."),
        min_value=0,
        required=False,
        initial=0,
    )
    network = forms.ChoiceField(
        label=gettext_lazy("Private network"),
        required=False,
        help_text=gettext_lazy("In it, your services reach each other, and nobody else does. It costs nothing."),
    )
    reached = forms.ChoiceField(
        label=gettext_lazy("Reached from"),
        required=False,
        choices=[
            ("", gettext_lazy("The platform's network and private networks only")),
            ("public", gettext_lazy("Everywhere: with a public address")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A public address can be given later, or taken away."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        desk: Desk,
        places: list[RegionRow],
        data: Any = None,
        *,
        elsewhere: bool = False,
        stack: bool = False,
        reachable: bool = True,
        **initial: Any,
    ) -> None:
        project = desk.project or min(desk.projects, key=lambda row: row.id, default=None)
        super().__init__(
            data,
            initial={
                "region": places[0].code if places else None,
                "project": str(project.id) if project else None,
                "key": str(new_id()),
                **{name: value for name, value in initial.items() if value},
            },
        )
        offer(self, "region", [(place.code, f"{place.name}, {words.country(place.country)}") for place in places])
        offer(self, "project", [(str(row.id), row.name) for row in desk.projects])
        offer(self, "network", choices(desk))
        if elsewhere or stack:
            del self.fields["extra_gib"]
        if elsewhere:
            del self.fields["network"]
        if elsewhere or not reachable or not any(has_ranges(place.code) for place in places):
            del self.fields["reached"]
        if len(desk.projects) < 2:
            self.fields["project"].widget = forms.HiddenInput()


@dataclass
class _Chosen:
    """An order form as it stands: the offering, its plans at the reader's prices, and both halves of the form."""

    offering: dict[str, Any]
    plans: list[Plan]
    plan: str
    form: OrderForm
    parameters: SchemaForm
    places: list[RegionRow]
    plan_error: str = ""

    def is_valid(self) -> bool:
        """Whether everything was chosen and fits; faults are marked."""
        if self.plan not in {plan.value for plan in self.plans}:
            self.plan_error = _("Choose a plan.")
        both = self.form.is_valid(), self.parameters.is_valid()
        return all(both) and not self.plan_error


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def order_new(request: HttpRequest, desk: Desk, slug: str) -> HttpResponse:
    """The order form, and the order."""
    chosen = _chosen(request, desk, slug)
    if request.method == "POST" and chosen.is_valid():
        try:
            order = commands.place_order(desk.scope, _details(desk, slug, chosen), key=_key(chosen.form))
        except Problem as problem:
            _tell(chosen, problem)
        else:
            placed = queries.order(desk.scope, order)
            messages.success(request, _("Order %(number)s is placed.") % {"number": placed.number})
            return redirect("service", placed.instance_id)
    context = {
        "offering": chosen.offering,
        "chosen": chosen,
        "quote": _quote(
            desk, slug, chosen.plan, chosen.places, chosen.form["region"].value(), _typed(request), _reached(request)
        ),
        "may_order": desk.may(CAN_ORDER),
        "what_happens": _what_happens(),
        "breadcrumbs": [
            Crumb(_("Market place"), "../.."),
            Crumb(chosen.offering["name"], ".."),
            Crumb(_("Order")),
        ],
    }
    return render(request, "console/order_new.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@member_page
def order_price(request: HttpRequest, desk: Desk, slug: str) -> HttpResponse:
    """The inside of the price box, for what is chosen right now."""
    plan, region = request.POST.get("plan", ""), request.POST.get("region", "")
    quote = _quote(desk, slug, plan, regions(), region, _typed(request), _reached(request))
    return render(request, "console/parts/quote.html", {"quote": quote})


def _typed(request: HttpRequest) -> int:
    return quoting.gibibytes(request.POST.get("extra_gib"))


def _reached(request: HttpRequest) -> int:
    """How many public addresses are asked for so far."""
    return int(request.POST.get("reached") == "public")


def _what_happens() -> list[Step]:
    return [
        Step(_("You order"), detail=_("Room is reserved and the price is frozen for as long as you keep the service.")),
        Step(
            _("It is made ready"),
            detail=_("You follow every step on the service's page, and may still cancel for free."),
        ),
        Step(_("It answers"), detail=_("Only now does the clock start, and you see how to reach it.")),
        Step(_("You delete it"), detail=_("The clock stops at once. An invoice only ever asks for what really ran.")),
    ]


def _chosen(request: HttpRequest, desk: Desk, slug: str) -> _Chosen:
    offering = catalog.published_offering(selling.MARKETPLACE, slug, language())
    places = regions()
    data = request.POST if request.method == "POST" else None
    plans = [plan for each in selling.described(offering) if (plan := _plan(desk, slug, each)) is not None]
    asked = (request.POST if data is not None else request.GET).get("plan", "")
    given = {name: request.GET.get(name) for name in ("name", "region")}
    if offering["blueprint"] in registry.balancers():
        # Without one it would reach nobody.
        given["network"] = DEFAULT
    elsewhere, stack = selling.elsewhere(offering), selling.is_stack(offering)
    reachable = not stack or selling.has_public_parts(offering)
    form = OrderForm(desk, places, data, elsewhere=elsewhere, stack=stack, reachable=reachable, **given)
    known = {plan.value for plan in plans}
    first = asked if asked in known else plans[min(1, len(plans) - 1)].value if plans else ""
    parameters = SchemaForm(registry.arranged(offering["blueprint"], offering["parameters"]), data)
    return _Chosen(offering, plans, asked if data is not None else first, form, parameters, places)


def _plan(desk: Desk, slug: str, size: dict[str, Any]) -> Plan | None:
    """A plan at the price that holds for the reader's organization."""
    try:
        sold = catalog.sellable(selling.MARKETPLACE, slug, size["key"], desk.organization.segment, clock.now())
    except NotForSale:
        return None
    return selling.plan(size, sold.price.per_hour, sold.price.per_month, sold.price.currency)


def _quote(
    desk: Desk, slug: str, plan: str, places: list[RegionRow], region: str | None, extra_gib: int, addresses: int
) -> quoting.Quote | None:
    try:
        sold = catalog.sellable(selling.MARKETPLACE, slug, plan, desk.organization.segment, clock.now())
    except Problem:
        return None
    return quoting.quote(sold, sold.price, extra_gib, quoting.country_of(places, region), addresses)


def _details(desk: Desk, slug: str, chosen: _Chosen) -> commands.OrderDetails:
    given = chosen.form.cleaned_data
    return commands.OrderDetails(
        organization=desk.organization.id,
        marketplace=selling.MARKETPLACE,
        offering=slug,
        plan=chosen.plan,
        region=given["region"],
        name=given["name"],
        parameters=chosen.parameters.values,
        project=UUID(given["project"]),
        extra_gib=given.get("extra_gib") or 0,
        network=given.get("network", ""),
        public_address=given.get("reached") == "public",
    )


def _key(form: OrderForm) -> str:
    return f"console:{form.cleaned_data['key']}"


def _tell(chosen: _Chosen, problem: Problem) -> None:
    """Mark the fault. A form that was sent before and changed since becomes a new order, once the reader agrees."""
    if isinstance(problem, IdempotencyKeyReused):
        chosen.form.data = chosen.form.data.copy()  # type: ignore[attr-defined]
        chosen.form.data["key"] = str(new_id())  # type: ignore[index]
        chosen.form.add_error(
            None, _("This form was sent before, with other choices. Send it again if you want another service.")
        )
    elif isinstance(problem, InvalidParameters):
        tell(chosen.parameters, problem)
    elif problem.field == "plan":
        chosen.plan_error = problem.sentence
    else:
        tell(chosen.form, problem)
