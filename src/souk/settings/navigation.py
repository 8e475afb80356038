"""The console's side navigation. A page that this installation does not have is simply not shown."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from souk.ui.navigation import Audience, Entry, Section

NAVIGATION: tuple[Section, ...] = (
    Section(
        _("Cloud"),
        Audience.BUYER,
        (
            Entry(
                _("Services"),
                "services",
                "database",
                (
                    *("service", "service-metrics", "service-health"),
                    *("service-alerts", "service-logs", "service-statements"),
                ),
            ),
            Entry(_("Private networks"), "networks", "network", ("network",)),
            Entry(_("Public addresses"), "addresses", "world"),
            Entry(_("Market place"), "market", "building-store", ("offering", "order-new")),
            Entry(_("Orders"), "orders", "shopping-cart", ("order",)),
            Entry(_("Usage"), "usage", "chart-area-line"),
            Entry(_("Invoices"), "invoices", "file-invoice", ("invoice",)),
        ),
    ),
    Section(
        _("Organization"),
        Audience.BUYER,
        (
            Entry(_("Details"), "organization", "building"),
            Entry(_("People"), "people", "users"),
            Entry(_("API tokens"), "tokens", "key"),
            Entry(_("Webhooks"), "webhooks", "send"),
        ),
    ),
    Section(
        _("Selling"),
        Audience.VENDOR,
        (
            Entry(_("Service brokers"), "brokers", "plug-connected", ("broker", "broker-new", "broker-edit")),
            Entry(_("Offerings"), "vendor-offerings", "tag", ("vendor-offering",)),
            Entry(_("Payouts"), "vendor-payouts", "cash"),
        ),
    ),
    Section(
        _("Operating"),
        Audience.OPERATOR,
        (
            Entry(_("Overview"), "operator-overview", "gauge"),
            Entry(_("Orders"), "operator-orders", "shopping-cart", ("operator-order",)),
            Entry(_("Services"), "operator-services", "server-2", ("operator-service",)),
            Entry(_("Versions"), "operator-versions", "versions"),
            Entry(_("Images"), "operator-images", "package"),
            Entry(_("Incidents"), "operator-incidents", "activity"),
            Entry(_("Customers"), "operator-customers", "users", ("operator-customer",)),
            Entry(_("Invoices"), "operator-invoices", "receipt", ("operator-invoice",)),
            Entry(_("Catalogue"), "operator-catalog", "category", ("operator-offering",)),
            Entry(_("Service brokers"), "operator-brokers", "plug-connected", ("operator-broker",)),
            Entry(_("Sites"), "operator-sites", "map-pin", ("operator-site",)),
            Entry(_("Audit"), "operator-audit", "shield-check"),
        ),
    ),
)
