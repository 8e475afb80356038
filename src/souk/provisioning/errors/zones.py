"""DNS zones and what is in them. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class NoZones(Problem):
    """Services of this kind answer for no DNS zones."""

    status = 422


class ZoneThere(Conflict):
    """The service has the zone “{zone}” already."""

    field = "name"


class ZoneMissing(NotFound):
    """The service has no such zone."""


class TooManyZones(Conflict):
    """With this plan a service has at most {most} zones. Remove one, or choose a larger plan."""

    field = "name"


class TooManyRecords(Conflict):
    """With this plan a service has at most {most} records. Remove some, or choose a larger plan."""


class RecordMissing(NotFound):
    """There is no such record in the zone."""


class RecordFollows(Conflict):
    """The platform writes this record: it follows the service “{service}”. Take the name off that service first."""


class RecordWritten(Conflict):
    """Somebody has written records for “{name}” ({kinds}). What people write is not replaced: delete them first."""

    field = "name"


class InvalidRecordName(Problem):
    """“{given}” is no name that DNS can have. Write letters, digits and hyphens: www; or @ for the zone."""

    status = 422
    field = "name"


class OutsideZone(Problem):
    """“{name}” is not in the zone “{zone}”."""

    status = 422
    field = "name"


class UnknownRecordKind(Problem):
    """Records of the type “{given}” are not taken. Choose one of {kinds}."""

    status = 422
    field = "type"


class TtlOutOfBounds(Problem):
    """How long others keep a record (TTL) is between {least} and {most} seconds."""

    status = 422
    field = "ttl"


class NoRecordValue(Problem):
    """Write at least one value."""

    status = 422
    field = "values"


class TooManyRecordValues(Problem):
    """A name has at most {most} records of one type."""

    status = 422
    field = "values"


class InvalidRecordValue(Problem):
    """“{given}” is no value for a record of the type {kind}. It looks like this: {example}"""

    status = 422
    field = "values"


class NameNotAddress(Problem):
    """A record of the type {kind} leads to a name, not to an address such as {given}. Give the address a name first."""

    status = 422
    field = "values"


class TextTooLong(Problem):
    """A text has at most {most} bytes."""

    status = 422
    field = "values"


class CnameAtTop(Problem):
    """The zone itself can't be an alias (CNAME): it has other records. Write its address instead."""

    status = 422
    field = "type"


class SeveralCnames(Problem):
    """A name is an alias (CNAME) of one other name, not of several."""

    status = 422
    field = "values"


class CnameBeside(Problem):
    """“{name}” can't be an alias (CNAME) and have other records ({kinds})."""

    status = 422
    field = "type"


class ZoneFileTooLong(Problem):
    """A zone file has at most {lines} lines and {mebibytes} MiB."""

    status = 422
    field = "text"


class ZoneFileWrong(Problem):
    """The zone file was not understood, and nothing was changed. Line {line}: {why}"""

    status = 422
    field = "text"


class DirectiveRefused(Problem):
    """{given} is not taken. Put all records into one file."""

    status = 422
    field = "text"


class ClassRefused(Problem):
    """Records of the class {given} are not taken, only IN."""

    status = 422
    field = "text"


class LineNotUnderstood(Problem):
    """“{given}” is no record."""

    status = 422
    field = "text"


class NothingToFollow(Conflict):
    """The service “{name}” has no public address that a name could lead to. Give it one first."""

    field = "service"


class NoHome(Problem):
    """“{name}” is in no DNS zone of this project. Add the zone first, or add the name and set its record yourself."""

    status = 422
    field = "name"
