"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from souk.doors.console import (
    access,
    backups,
    bindings,
    databases,
    invoices,
    market,
    ordering,
    orders,
    organization,
    parameters,
    people,
    plans,
    service,
    services,
    tokens,
    usage,
)
from souk.doors.console.operator import catalog, customers, ground, lists, overview
from souk.doors.console.operator import invoices as issued

urlpatterns = [
    path("", market.home, name="home"),
    path("market/", market.market, name="market"),
    path("market/<slug:slug>/", market.offering, name="offering"),
    path("market/<slug:slug>/order/", ordering.order_new, name="order-new"),
    path("market/<slug:slug>/price/", ordering.order_price, name="order-price"),
    path("services/", services.services, name="services"),
    path("services/<uuid:service>/", service.service, name="service"),
    path("services/<uuid:service>/ca.pem", service.service_authority, name="service-authority"),
    path("services/<uuid:service>/credentials/", service.service_credentials, name="service-credentials"),
    path("services/<uuid:service>/bindings/", bindings.bindings, name="bindings"),
    *(
        path(f"services/<uuid:service>/bindings/<slug:name>/{verb}/", view, name=f"binding-{verb}")
        for verb, view in (
            ("reveal", bindings.binding_reveal),
            ("rotate", bindings.binding_rotate),
            ("revoke", bindings.binding_revoke),
            ("change", bindings.binding_change),
            ("reset", bindings.binding_reset),
        )
    ),
    path("services/<uuid:service>/access/", access.access, name="access"),
    path("services/<uuid:service>/databases/", databases.databases, name="databases"),
    path("services/<uuid:service>/databases/<slug:name>/delete/", databases.database_delete, name="database-delete"),
    path("services/<uuid:service>/backups/", backups.backups, name="backups"),
    path("services/<uuid:service>/backups/in-place/", backups.in_place, name="restore-in-place"),
    path("services/<uuid:service>/backups/undo/", backups.undo, name="restore-undo"),
    path("services/<uuid:service>/backups/new/", backups.backup_now, name="backup-now"),
    path("services/<uuid:service>/plan/", plans.service_plan, name="service-plan"),
    path("services/<uuid:service>/settings/", parameters.settings, name="service-settings"),
    path("services/<uuid:service>/rename/", services.service_rename, name="service-rename"),
    path("services/<uuid:service>/cancel/<uuid:operation>/", services.operation_cancel, name="operation-cancel"),
    path("services/<uuid:service>/delete/", services.service_delete, name="service-delete"),
    *(
        path(f"services/<uuid:service>/{verb}/", services.service_act, {"verb": verb}, name=f"service-{verb}")
        for verb in services.VERBS
    ),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:order>/", orders.order, name="order"),
    path("orders/<uuid:order>/cancel/", orders.order_cancel, name="order-cancel"),
    path("usage/", usage.usage, name="usage"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<uuid:invoice>/", invoices.invoice, name="invoice"),
    path("invoices/<uuid:invoice>/<str:kind>", invoices.invoice_file, name="invoice-file"),
    path("organization/", organization.organization, name="organization"),
    path("organization/new/", organization.organization_new, name="organization-new"),
    path("organization/edit/", organization.organization_edit, name="organization-edit"),
    path("organization/projects/", organization.project_new, name="project-new"),
    path("organization/switch/", organization.switch, name="switch"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<uuid:invitation>/withdraw/", people.withdraw, name="withdraw"),
    path("people/<uuid:person>/role/", people.change_role, name="change-role"),
    path("people/<uuid:person>/remove/", people.remove_member, name="remove-member"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("operator/", overview.overview, name="operator-overview"),
    path("operator/orders/", lists.orders, name="operator-orders"),
    path("operator/orders/<uuid:order>/", orders.operator_order, name="operator-order"),
    path("operator/services/", lists.services, name="operator-services"),
    path("operator/services/<uuid:service>/", service.operator_service, name="operator-service"),
    path("operator/customers/", customers.customers, name="operator-customers"),
    path("operator/customers/<uuid:organization>/", customers.customer, name="operator-customer"),
    path("operator/customers/<uuid:organization>/bill/", customers.bill, name="operator-bill"),
    path("operator/customers/<uuid:organization>/payments/", customers.pay, name="operator-pay"),
    path("operator/customers/<uuid:organization>/allocations/", customers.allocate, name="operator-allocate"),
    path("operator/invoices/", lists.invoices, name="operator-invoices"),
    path("operator/invoices/<uuid:invoice>/", issued.invoice, name="operator-invoice"),
    path("operator/invoices/<uuid:invoice>/<str:kind>", issued.invoice_file, name="operator-invoice-file"),
    path("operator/catalog/", catalog.catalog, name="operator-catalog"),
    path("operator/catalog/<uuid:version>/", catalog.version, name="operator-offering"),
    path("operator/catalog/<uuid:version>/move/", catalog.move, name="operator-move"),
    path("operator/catalog/<uuid:version>/price/", catalog.price, name="operator-price"),
    path("operator/sites/", ground.sites, name="operator-sites"),
    path("operator/audit/", lists.audit, name="operator-audit"),
]
