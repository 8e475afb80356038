"""Walls of brokers: a vendor sees its own, a buyer what it ordered."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("brokers", "0001_initial")]

    operations = [
        wall("brokers_broker"),
        wall("brokers_brokerhour"),
        wall("brokers_brokercatalog"),
        wall("brokers_soldplan"),
        wall("brokers_brokeredservice"),
        wall("brokers_brokeredbinding"),
    ]
