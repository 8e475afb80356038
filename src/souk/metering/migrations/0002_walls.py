"""Walls of these tables."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("metering", "0001_initial"), ("kernel", "0002_walls")]

    operations = [
        wall("metering_usageinterval"),
        wall("metering_usagesample"),
    ]
