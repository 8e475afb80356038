"""Walls of exports, and of the requests to download one."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0034_exports")]

    operations = [wall("provisioning_export"), wall("provisioning_ticket")]
