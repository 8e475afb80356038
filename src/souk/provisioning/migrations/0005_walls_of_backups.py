"""Walls of the backups' tables."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0004_backups")]

    operations = [wall("provisioning_repository"), wall("provisioning_backup")]
