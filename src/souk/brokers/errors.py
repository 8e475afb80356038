"""What is refused to vendors, buyers and brokers. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Problem, Unavailable


class NotReady(Unavailable):
    """The platform's worker has not started yet, and nobody else can keep secrets. Try again in a minute."""


class UrlRefused(Problem):
    """Nothing is sent to this address: {why}. Give the https address of a broker on the Internet, without `/v2`."""

    status = 422
    field = "url"


class InvalidBrokerName(Problem):
    """A broker's name has 1 to 80 printable characters on one line. Choose such a name."""

    status = 422
    field = "name"


class BrokerNameTaken(Conflict):
    """Your organization has a broker named “{name}” already. Choose another name."""

    field = "name"


class TooManyBrokers(Conflict):
    """An organization may have {most} brokers. Remove one first."""


class InvalidSecret(Problem):
    """This way of signing in needs more: a name and a password, a token, or a certificate with its key, both in PEM."""

    status = 422
    field = "secret"


class InvalidAuthority(Problem):
    """These are no certificates in PEM. Give the authority's certificates, or leave this empty."""

    status = 422
    field = "authority"


class InvalidUsageKey(Problem):
    """This is no Ed25519 public key: 32 bytes in base64. Give such a key, or let the platform make a secret."""

    status = 422
    field = "key"


class BrokerSells(Conflict):
    """Services run that were ordered from “{name}”: {count}. It can be removed once they are deleted."""


class NothingToPublish(Conflict):
    """There is nothing new to publish. Have the broker looked at first."""


class CatalogMovedOn(Conflict):
    """The broker says something else by now. Look at the changes again, and publish those."""


class PriceMissing(Problem):
    """The plan {plan} of {service} has no price per month. Give each plan a price above nothing."""

    status = 422
    field = "prices"


class UnknownMarketplace(Problem):
    """There is no market place “{slug}”. Choose one that is there."""

    status = 422
    field = "marketplace"


class InvalidCategory(Problem):
    """A category has lowercase letters, digits and hyphens. Choose one of the market place's."""

    status = 422
    field = "category"


class InvalidMeter(Problem):
    """The meter {meter} can't be sold: its name has 2 to 12 lowercase letters, digits or underscores and is not one
    that the platform counts itself, its rate is not below nothing.
    """

    status = 422
    field = "meters"


class SignatureMissing(Problem):
    """A usage report needs the header Souk-Signature: `t=SECONDS,v1=SIGNATURE` over `SECONDS.BODY`, in hexadecimal."""

    status = 401


class SignatureWrong(Problem):
    """The report's signature does not fit its body and the broker's key. Check which key signs, and what is signed."""

    status = 401


class SignatureOld(Problem):
    """The report was signed at {at}, which is too far from now: {now}. Set the clock, and sign each sending anew."""

    status = 401


class NoUsageKey(Problem):
    """This broker has no key for usage reports. Register one first."""

    status = 401


class ReportMalformed(Problem):
    """The report can't be read: {fault}. See the documentation for vendors."""

    status = 422


class ReportTooLarge(Problem):
    """A usage report has at most {most} bytes. Send several."""

    status = 413


class ReportUnknownService(Problem):
    """{service} is no service that was ordered from this broker. Use the id under which it was provisioned."""

    status = 422


class ReportUnknownMeter(Problem):
    """The meter {meter} was not sold with {service}. Publish it with the offering; what is sold already keeps its
    meters.
    """

    status = 422


class ReportLate(Problem):
    """Use until {until} is reported too late: the platform takes what is at most {days} days old."""

    status = 422


class ReportAhead(Problem):
    """Use until {until} is not over yet. Report it when it is."""

    status = 422


class ReportOutside(Problem):
    """Use of {service} until {until} is outside of the time for which it is charged, which ends with its deletion.
    Report use while the service runs.
    """

    status = 422


class ReportOverlaps(Conflict):
    """Use of {meter} by {service} was reported for a part of this time before, under another id. Nothing was added."""


class ReportChanged(Conflict):
    """A report with the id {id} was taken before, and said something else. What was taken stays; use another id."""
