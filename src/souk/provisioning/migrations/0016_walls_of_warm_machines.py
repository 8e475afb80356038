"""Walls of the machines that wait: they are nobody's, and no customer sees them."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0015_warm_machines")]

    operations = [
        wall("provisioning_warmpool", visible="false"),
        wall("provisioning_warmmachine", visible="false"),
    ]
