"""Walls of reported use."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("metering", "0064_reported_usage")]

    operations = [wall("metering_reportedusage")]
