"""Operations of the API: alerts. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Alerts(Transport):
    """Alerts."""

    def list_alerts(self, service: str) -> models.AlertsOut:
        """A service's alerts and its rules."""
        found: models.AlertsOut = self._call("GET", path("services", service, "alerts"))
        return found

    def set_alert_rule(self, service: str, rule: str, body: models.RuleIn) -> models.RuleRow:
        """Give a rule another threshold for one service, or switch it off there."""
        found: models.RuleRow = self._call("PUT", path("services", service, "alerts", rule), body=body)
        return found

    def list_webhooks(self, organization: str) -> list[models.WebhookRow]:
        """The addresses that are told of an organization's alerts."""
        found: list[models.WebhookRow] = self._call("GET", path("organizations", organization, "webhooks"))
        return found

    def add_webhook(self, organization: str, body: models.WebhookIn) -> models.WebhookOut:
        """Have an organization's alerts told to an address. Each message is signed: `Souk-Signature: t=TIME,v1=HEX`,
        where HEX is the HMAC-SHA256 of `TIME.BODY` under the secret. It may arrive more than once, under one
        `Souk-Delivery`."""
        found: models.WebhookOut = self._call("POST", path("organizations", organization, "webhooks"), body=body)
        return found

    def remove_webhook(self, webhook: str) -> None:
        """Tell an address nothing any more."""
        self._call("DELETE", path("webhooks", webhook))

    def try_webhook(self, webhook: str) -> models.Tried:
        """Send an address a message that is no alert (`ping`), within a minute."""
        found: models.Tried = self._call("POST", path("webhooks", webhook, "try"))
        return found

    def list_deliveries(self, organization: str) -> list[models.DeliveryRow]:
        """What was sent to an organization's webhooks, newest first, and what came of it."""
        found: list[models.DeliveryRow] = self._call("GET", path("organizations", organization, "deliveries"))
        return found
