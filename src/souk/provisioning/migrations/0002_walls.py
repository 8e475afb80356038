"""Walls of these tables."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0001_initial"), ("kernel", "0002_walls"), ("sites", "0001_initial")]

    operations = [
        wall("provisioning_serviceinstance"),
        wall("provisioning_quota"),
        wall("provisioning_operation"),
        wall("provisioning_machine"),
        wall("provisioning_endpoint"),
        wall("provisioning_binding"),
        wall("provisioning_reveal"),
    ]
