"""Walls of what highly available services share."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0006_members")]

    operations = [wall("provisioning_ensemble")]
