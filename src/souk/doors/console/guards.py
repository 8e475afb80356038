"""Who may see a page. A reading view runs in one transaction in the reader's scope; a command opens its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from souk.doors.console.desk import Desk, desk_of
from souk.kernel.scope import Scope, acting

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def person_page(page: Page[P]) -> View[P]:
    """For whoever is signed in, with or without an organization."""
    return _guarded(page, lambda desk: desk.scope)


def member_page(page: Page[P]) -> View[P]:
    """For members of an organization; who has none is asked to register one, and comes back."""

    @wraps(page)
    def seated(request: HttpRequest, desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if desk.chosen is None:
            return redirect(f"{reverse('organization-new')}?{urlencode({'next': request.get_full_path()})}")
        return page(request, desk, *args, **kwargs)

    return _guarded(seated, lambda desk: desk.scope)


def member_file(page: Page[P]) -> View[P]:
    """For members: a download that is given by the worker. It opens transactions of its own, as a command does, since
    what it asks for must be committed before anybody answers.
    """
    return _guarded(page, None)


def operator_page(page: Page[P]) -> View[P]:
    """For the operator's engineers; nobody else learns that the page exists."""

    @wraps(page)
    def checked(request: HttpRequest, desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not desk.caller.is_operator:
            raise Http404
        return page(request, desk, *args, **kwargs)

    return _guarded(checked, lambda desk: desk.operator if desk.caller.is_operator else desk.scope)


def _guarded(page: Page[P], scope: Callable[[Desk], Scope] | None) -> View[P]:
    @wraps(page)
    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        desk = desk_of(request)
        if desk is None:
            # A part of a page must not become the sign-in form; the page itself leads there.
            if request.headers.get("HX-Request"):
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        if scope is not None and request.method in {"GET", "HEAD"}:
            with acting(scope(desk)):
                response = page(request, desk, *args, **kwargs)
        else:
            response = page(request, desk, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return view
