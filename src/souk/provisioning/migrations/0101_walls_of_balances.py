"""Walls of what load balancers tell of their members."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("provisioning", "0100_balances")]

    operations = [wall("provisioning_balance")]
