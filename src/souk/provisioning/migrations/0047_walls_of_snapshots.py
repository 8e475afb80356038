"""Walls of snapshots."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0046_snapshots")]

    operations = [wall("provisioning_snapshot")]
