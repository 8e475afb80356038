"""Walls of DNS zones and their records."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0096_zones")]

    operations = [wall("provisioning_zone"), wall("provisioning_recordset")]
