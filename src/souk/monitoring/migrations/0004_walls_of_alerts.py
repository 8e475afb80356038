"""Walls of the alerts' tables."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("monitoring", "0003_alerts")]

    operations = [
        wall("monitoring_alertrule"),
        wall("monitoring_alert"),
        wall("monitoring_webhook"),
        wall("monitoring_delivery"),
    ]
