"""Operations of the API: brokers. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Brokers(Transport):
    """Brokers."""

    def list_brokers(self, *, organization: str | None = None) -> list[models.BrokerRow]:
        """My organizations' brokers; to the operator, all of them."""
        found: list[models.BrokerRow] = self._call("GET", path("brokers"), query={"organization": organization})
        return found

    def register_broker(self, organization: str, body: models.BrokerIn) -> models.Created:
        """Register a broker of an organization that sells. It is looked at within seconds."""
        found: models.Created = self._call("POST", path("organizations", organization, "brokers"), body=body)
        return found

    def get_broker(self, broker: str) -> models.BrokerOut:
        """One broker: how it is, what it sells, how it does. The `ETag`, which a change's `If-Match` refers to, is of
        its description."""
        found: models.BrokerOut = self._call("GET", path("brokers", broker))
        return found

    def change_broker(self, broker: str, body: models.BrokerIn, *, if_match: str | None = None) -> None:
        """Describe a broker anew; with `If-Match`, only if nobody else did meanwhile. With another address or user, the
        secret must be given again."""
        self._call("PUT", path("brokers", broker), body=body, headers={"If-Match": if_match})

    def remove_broker(self, broker: str) -> None:
        """Forget a broker that nothing is left of."""
        self._call("DELETE", path("brokers", broker))

    def try_broker(self, broker: str) -> None:
        """Have a broker looked at now; `getBroker` tells what was found."""
        self._call("POST", path("brokers", broker, "try"))

    def get_proposed_catalog(self, broker: str) -> models.ProposedOut | None:
        """What a broker offers that its vendor has not published; nothing (204) if there is nothing new."""
        found: models.ProposedOut | None = self._call("GET", path("brokers", broker, "proposed"))
        return found

    def publish_broker(self, broker: str, body: models.PublicationIn) -> models.Published:
        """Publish what a broker offers, at these prices: sold once the operator has approved it."""
        found: models.Published = self._call("POST", path("brokers", broker, "publish"), body=body)
        return found

    def register_usage_key(self, broker: str, body: models.UsageKeyIn) -> models.UsageKeyOut:
        """Say what usage reports are signed with from now on."""
        found: models.UsageKeyOut = self._call("PUT", path("brokers", broker, "usage-key"), body=body)
        return found

    def report_usage(self, broker: str) -> models.ReportOut:
        """Report what a service used: `{"id", "service", "meter", "quantity", "since", "until"}`, signed with the
        broker's key: `Souk-Signature: t=SECONDS,v1=HEX`, over `SECONDS.BODY`. The same report may come again, and
        counts once."""
        found: models.ReportOut = self._call("POST", path("brokers", broker, "usage-reports"))
        return found

    def get_producer(self, service: str) -> models.ProducedOut | None:
        """Which vendor produces a service; nothing (204) if it is produced here."""
        found: models.ProducedOut | None = self._call("GET", path("services", service, "producer"))
        return found
