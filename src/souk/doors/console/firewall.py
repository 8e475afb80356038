"""The rules of a machine: what is in force, one more of them, one less, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors import origin
from souk.doors.console import live, meanwhile
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import tell
from souk.doors.console.way import to_service
from souk.kernel.errors import NotFound, Problem
from souk.kernel.meanwhile import ChangedMeanwhile, mark
from souk.parties.access import CAN_OPERATE
from souk.provisioning import addresses as reading
from souk.provisioning import commands, queries, rules
from souk.provisioning.errors import LocksYouOut
from souk.ui.parts import Crumb

_DIRECTIONS = (("in", gettext_lazy("In: what reaches the machine")), ("out", gettext_lazy("Out: what it begins")))
_PROTOCOLS = (
    *(("tcp", "TCP"), ("udp", "UDP"), ("icmp", gettext_lazy("ICMP (ping)"))),
    ("any", gettext_lazy("All protocols")),
)

#: What is let in most often: what it is called, and what the form is filled with.
PRESETS: Mapping[str, tuple[str, dict[str, str]]] = {
    "ssh": ("SSH", {"protocol": "tcp", "ports": "22", "note": "SSH"}),
    "http": ("HTTP", {"protocol": "tcp", "ports": "80", "note": "HTTP"}),
    "https": ("HTTPS", {"protocol": "tcp", "ports": "443", "note": "HTTPS"}),
    "ping": ("Ping", {"protocol": "icmp", "ports": "", "note": "ping"}),
}


class RuleForm(forms.Form):
    """One more thing to let through."""

    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=_DIRECTIONS, widget=forms.RadioSelect)
    protocol = forms.ChoiceField(label=gettext_lazy("Protocol"), choices=_PROTOCOLS)
    ports = forms.CharField(
        label=gettext_lazy("Ports"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("One like 443, a range like 8000-8010; empty for all."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "data-clean": "digits"}),
    )
    networks = forms.CharField(
        label=gettext_lazy("Only these networks"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("One a line, like 203.0.113.0/24 or 203.0.113.7; empty for everyone."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=rules.LONGEST_NOTE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    confirm = forms.BooleanField(label=gettext_lazy("Do it even so"), required=False, widget=forms.HiddenInput())

    def rule(self) -> rules.Rule:
        """The rule that was written down."""
        given = self.cleaned_data
        networks = given["networks"].replace(",", " ").split()
        return rules.rule(given["direction"], given["protocol"], given["ports"], networks or None, given["note"])

    def ask_to_confirm(self, problem: Problem) -> None:
        """Show the problem, and a box to say that it is meant."""
        self.fields["confirm"].widget = forms.CheckboxInput()
        self.add_error("confirm", problem.sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def firewall(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The rules of a machine, and a form for one more."""
    found = _firewall(desk, service)
    preset = PRESETS.get(request.GET.get("preset", ""), ("", {}))[1]
    mine = {"networks": origin.address(request)} if "mine" in request.GET else {}
    form = RuleForm(request.POST or None, initial={"direction": "in", "protocol": "tcp", **preset, **mine})
    meanwhile.remember(form, found.rules)
    if request.method == "POST" and form.is_valid():
        try:
            given = [*_rules(found.rules), form.rule()]
            _set(request, desk, service, given, found, confirmed=form.cleaned_data["confirm"])
        except ChangedMeanwhile as problem:
            form.add_error(None, problem.sentence)
        except LocksYouOut as problem:
            form.ask_to_confirm(problem)
        except Problem as problem:
            tell(form, problem)
        else:
            if meanwhile.seen(form) not in ("", mark(found.rules)):
                messages.info(request, _("Somebody else changed the rules meanwhile; yours was added to theirs."))
            messages.info(request, _("The rules take effect."))
            return redirect("firewall", service)
    return _answer(request, desk, service, found, form)


@require_POST
@member_page
def remove(request: HttpRequest, desk: Desk, service: UUID, number: int) -> HttpResponse:
    """Take a rule away, by its place in the list. One without which its reader would be shut out is asked for twice."""
    found = _firewall(desk, service)
    told = request.POST.get("rule", "")
    if not 0 < number <= len(found.rules) or told != _named(found.rules[number - 1]):
        messages.error(request, _("The rules were changed meanwhile. Look at them again."))
        return redirect("firewall", service)
    given = _rules([each for place, each in enumerate(found.rules, 1) if place != number])
    try:
        _set(request, desk, service, given, found, confirmed="confirm" in request.POST)
    except LocksYouOut as problem:
        form = RuleForm(initial={"direction": "in", "protocol": "tcp"})
        return _answer(request, desk, service, found, form, doubt=(number, told, problem.sentence))
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("The rules take effect."))
    return redirect("firewall", service)


@require_POST
@member_page
def undo(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Go back to the rules before the last change."""
    try:
        commands.undo_rules(desk.scope, service, seen=request.POST.get("seen", ""))
    except ChangedMeanwhile:
        messages.error(request, _("The rules were changed meanwhile. Look at them again."))
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("The rules before take effect again."))
    return redirect("firewall", service)


def _firewall(desk: Desk, service: UUID) -> reading.FirewallRow:
    found = reading.firewall(desk.scope, service)
    if found is None:
        raise NotFound
    return found


def _set(
    request: HttpRequest,
    desk: Desk,
    service: UUID,
    given: Sequence[rules.Rule],
    found: reading.FirewallRow,
    *,
    confirmed: bool,
) -> None:
    asker, seen = origin.address(request), mark(found.rules)
    commands.set_rules(desk.scope, service, given, asker=asker, confirmed=confirmed, seen=seen)


def _rules(rows: Sequence[reading.FirewallRuleRow]) -> list[rules.Rule]:
    return [rules.rule(each.direction, each.protocol, each.ports, each.networks, each.note) for each in rows]


def _named(row: reading.FirewallRuleRow) -> str:
    """What tells a rule from every other one."""
    return "|".join([row.direction, row.protocol, row.ports, ",".join(row.networks or []), row.note])


def _answer(
    request: HttpRequest,
    desk: Desk,
    service: UUID,
    found: reading.FirewallRow,
    form: RuleForm,
    *,
    doubt: tuple[int, str, Any] | None = None,
) -> HttpResponse:
    row = queries.service(desk.scope, service)
    numbered = [(number, each, _named(each)) for number, each in enumerate(found.rules, 1)]
    context = {
        "service": row,
        "firewall": found,
        "mark": mark(found.rules),
        "inward": [each for each in numbered if each[1].direction == "in"],
        "outward": [each for each in numbered if each[1].direction == "out"],
        "protocols": dict(_PROTOCOLS),
        "reach": reading.reach(desk.scope, service),
        "access": queries.access(desk.scope, service),
        "presets": [(key, label) for key, (label, _filled) in PRESETS.items()],
        "form": form,
        "doubt": doubt,
        "address": origin.address(request),
        "moving": live.moves(row) or found.changing,
        "here": reverse("firewall", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [*to_service(row), Crumb(_("Firewall"))],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/firewall.html" if part else "console/firewall.html"
    return render(request, template, context, status=422 if form.errors or doubt else 200)
