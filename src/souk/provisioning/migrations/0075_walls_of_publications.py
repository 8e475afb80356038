"""Walls of what services show the world."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0074_publications")]

    operations = [wall("provisioning_publication")]
