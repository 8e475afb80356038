"""The component gallery: every component once, for whoever builds a page and for the browser tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from souk.ui import samples
from souk.ui.htmx import toast
from souk.ui.navigation import Audience
from souk.ui.shell import shell_of

View = Callable[[HttpRequest], HttpResponse]


def for_builders(view: View) -> View:
    """Only while developing, or for the operator's people; nobody else learns that the page exists."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not (settings.DEBUG or Audience.OPERATOR in shell_of(request).audiences):
            raise Http404
        return view(request)

    return guarded


@require_GET
@for_builders
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with sample values; `?messages=1` also shows flash messages."""
    if request.GET.get("messages"):
        messages.success(request, _("The plan was changed."))
        messages.error(request, _("The payment was refused."))
    return render(request, "ui/gallery/console.html", samples.console())


@for_builders
def form(request: HttpRequest) -> HttpResponse:
    """A form made from a JSON Schema, and what it reads back."""
    return render(request, "ui/gallery/form.html", samples.form(request.POST or None))


@require_GET
@for_builders
def market(request: HttpRequest) -> HttpResponse:
    """The public shell with offerings and prices."""
    return render(request, "ui/gallery/market.html", samples.market())


@require_GET
@for_builders
def problem(request: HttpRequest) -> HttpResponse:
    """What a reader sees when something can't be shown; `?status=` picks which."""
    given = request.GET.get("status", "")
    status = int(given) if given in {"400", "403", "404", "409", "500", "503"} else 404
    return render(request, "ui/problem.html", {"status": status, "request_id": samples.IDENTIFIER})


@require_GET
@for_builders
def progress(request: HttpRequest) -> HttpResponse:
    """The live region's next state: `?step=` counts up until it is done."""
    given = request.GET.get("step", "0")
    return render(request, "ui/gallery/progress.html", samples.progress(int(given) if given.isdecimal() else 0))


@require_POST
@for_builders
def price(request: HttpRequest) -> HttpResponse:
    """The live price of the plan that was picked."""
    return render(request, "ui/gallery/price.html", samples.price(request.POST.get("plan", "")))


@require_POST
@for_builders
def reveal(request: HttpRequest) -> HttpResponse:
    """A sample secret."""
    response = render(request, "ui/gallery/revealed.html", {"value": "kv7-Tamra-29-Zellij"})
    return toast(response, _("Access to this secret was recorded."), "info")
