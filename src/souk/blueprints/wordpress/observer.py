"""What WordPress tells of itself: what a web server tells, and how large its database is."""

from __future__ import annotations

import ssl

import httpx

from souk.blueprints import journals
from souk.blueprints.supervision import Supervised
from souk.blueprints.web import observer, probing
from souk.provisioning.contract import (
    Credentials,
    Curve,
    Guest,
    Health,
    LogPart,
    Look,
    Metric,
    Panel,
    Reading,
    Wanted,
)

HEALTH = "/.souk/health.php"
"""What PHP says that reaches the database."""

_LOGGED = (
    *("--identifier=site-error", "--identifier=site-php", "--identifier=site-update"),
    *("--unit=souk-web.service", "--unit=souk-php.service", "--unit=souk-database.service"),
    *("--unit=souk-cron.service", "--unit=souk-updating.service"),
    "--output-fields=MESSAGE,PRIORITY",
)


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


class PressObserver(Supervised):
    """One connection: whether PHP has its database, and what was counted."""

    unit = "souk-web.service"
    metrics = (*observer.METRICS, Metric("database_bytes", Reading.GAUGE, "bytes", "Disk that the database takes up"))
    panels = (
        *observer.PANELS,
        Panel("database", _("Database"), "bytes", (Curve(_("Used"), "database_bytes"),)),
    )

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Ask as `probe` does, then for what was counted."""
        try:
            with probing.connect(authority) as client:
                told = probing.ask(client, wanted, credentials, HEALTH)
                if not (health := probing.health(told)).ok:
                    return Look(health)
                counted = probing.ask(client, wanted, credentials, probing.STATUS)
                if not (health := probing.health(counted)).ok:
                    return Look(health)
                return Look(health, [*observer.values(counted.json()), float(told.json()["database"])])
        except (httpx.HTTPError, ssl.SSLError, ValueError, KeyError, TypeError) as error:
            return Look(Health(ok=False, detail=str(error)[:200] or type(error).__name__))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The requests, what server, programs and database complained of, and what came of updates.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _LOGGED, after, most, lambda entry, text: (observer.severity(entry, text), text))
