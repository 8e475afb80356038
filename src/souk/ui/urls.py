"""Addresses of the component gallery."""

from __future__ import annotations

from django.urls import path

from souk.ui import pages

urlpatterns = [
    path("_components/", pages.gallery, name="components"),
    path("_components/form/", pages.form, name="components-form"),
    path("_components/market/", pages.market, name="components-market"),
    path("_components/problem/", pages.problem, name="components-problem"),
    path("_components/progress/", pages.progress, name="components-progress"),
    path("_components/price/", pages.price, name="components-price"),
    path("_components/reveal/", pages.reveal, name="components-reveal"),
]
