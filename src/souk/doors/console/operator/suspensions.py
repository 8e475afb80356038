"""The operator suspends a service, lets it be as before, or has done with one whose vendor is gone."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from souk.doors.console import words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.problems import accepted
from souk.provisioning import commands, queries
from souk.ui.parts import Crumb


class SuspensionForm(forms.Form):
    """Why, and what the customer is told."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=list(words.SUSPENSIONS.items()))
    note = forms.CharField(
        label=gettext_lazy("What the customer is told"),
        help_text=gettext_lazy("Shown on the service's page, beside the reason."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ForgettingForm(forms.Form):
    """What the customer is told."""

    note = forms.CharField(
        label=gettext_lazy("What the customer is told"),
        help_text=gettext_lazy("Sent to those who operate it, beside that the service has ended."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_POST
@operator_page
def suspend(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Stop a service, and keep it so."""
    form = SuspensionForm(request.POST)
    row = queries.service(desk.operator, service)
    if accepted(form, lambda: commands.suspend_instance(desk.operator, service, **form.cleaned_data)):
        messages.info(request, _("The service is being suspended. Its customer sees why."))
        return redirect("operator-service", service)
    context = {
        "service": row,
        "form": form,
        "breadcrumbs": [
            Crumb(_("Services"), reverse("operator-services")),
            Crumb(row.name, reverse("operator-service", args=[service])),
            Crumb(_("Suspend")),
        ],
    }
    return render(request, "console/operator/suspend.html", context, status=422)


@require_POST
@operator_page
def resume(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Let a suspended service be as it was before."""
    commands.resume_instance(desk.operator, service)
    messages.info(request, _("The service is coming back."))
    return redirect("operator-service", service)


@require_POST
@operator_page
def forget(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Have done with a service whose vendor is gone."""
    form = ForgettingForm(request.POST)
    if accepted(form, lambda: commands.forget_instance(desk.operator, service, form.cleaned_data["note"])):
        messages.info(request, _("The service is ended here. Its customer is told."))
    for sentences in form.errors.values():
        messages.error(request, " ".join(map(str, sentences)))
    return redirect("operator-service", service)
