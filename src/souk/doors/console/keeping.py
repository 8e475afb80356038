"""Words for what services keep several of: databases, or buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from souk.doors.console.words import OPERATIONS, Text
from souk.provisioning.contract import Blueprint, Keeps

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Kept:
    """The words for what a service keeps several of."""

    icon: str
    all: _StrPromise
    lead: _StrPromise
    one: _StrPromise
    more: _StrPromise
    make: _StrPromise
    name: _StrPromise
    making: _StrPromise
    delete: _StrPromise
    deleting: _StrPromise
    goes: _StrPromise
    keep: _StrPromise
    typed: _StrPromise
    mistyped: _StrPromise
    owner: _StrPromise
    key: _StrPromise
    operations: Mapping[str, Text] = field(default_factory=dict)
    steps: Mapping[str, Text] = field(default_factory=dict)


#: What databases are called, by what a blueprint's services keep.
KEPT: dict[Keeps, Kept] = {
    Keeps.DATABASES: Kept(
        icon="database",
        all=_("Databases"),
        lead=_("All belong to the service's owner, and have the extensions that were chosen when it was ordered."),
        one=_("Database"),
        more=_("One more database"),
        make=_("Make the database"),
        name=_("Lowercase letters, digits and underscores."),
        making=_("The database is being made."),
        delete=_("Delete the database"),
        deleting=_("The database is being deleted."),
        goes=_("Whoever uses the database is cut off. Backups that were made before still hold it, until they expire."),
        keep=_("Keep the database"),
        typed=_("Type the database's name"),
        mistyped=_("This is not the database's name. Nothing was deleted."),
        owner=_("An owner may do everything, in every database."),
        key=_("Lowercase letters, digits and underscores; it becomes the user's name."),
    ),
    Keeps.BUCKETS: Kept(
        icon="archive",
        all=_("Buckets"),
        lead=_("Names are yours alone. A bucket that was made through S3 is listed here once it is made here too."),
        one=_("Bucket"),
        more=_("One more bucket"),
        make=_("Make the bucket"),
        name=_("3 to 63 lowercase letters, digits and single hyphens."),
        making=_("The bucket is being made."),
        delete=_("Delete the bucket"),
        deleting=_("The bucket is being deleted."),
        goes=_(
            "All objects in it are deleted, with all of their versions. Backups that were made before still hold them, "
            "until they expire."
        ),
        keep=_("Keep the bucket"),
        typed=_("Type the bucket's name"),
        mistyped=_("This is not the bucket's name. Nothing was deleted."),
        owner=_("An owner may do everything, in every bucket. Others reach objects in one."),
        key=_("Lowercase letters, digits and underscores; it becomes the access key."),
        operations={
            "create_database": pgettext_lazy("operation", "New bucket"),
            "drop_database": pgettext_lazy("operation", "Deletion of a bucket"),
        },
        steps={"database": _("Bucket made"), "drop": _("Bucket deleted")},
    ),
}


def kept(blueprint: Blueprint) -> Kept:
    """The words for what services of a blueprint keep."""
    return KEPT[blueprint.keeper.keeps if blueprint.keeper else Keeps.DATABASES]


def called(blueprint: Blueprint, kind: str) -> Text:
    """What an operation of this kind is called on a service of this blueprint."""
    return kept(blueprint).operations.get(kind) or OPERATIONS.get(kind, kind)
