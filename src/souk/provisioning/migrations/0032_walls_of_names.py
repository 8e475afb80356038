"""Walls of customers' own names."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0031_own_names")]

    operations = [wall("provisioning_ownname")]
