"""Walls of private networks and of what is in them."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0040_private_networks")]

    operations = [wall("provisioning_privatenetwork"), wall("provisioning_attachment")]
