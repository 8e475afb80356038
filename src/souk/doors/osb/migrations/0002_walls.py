"""Walls of what platforms ordered."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("osb", "0001_initial"), ("kernel", "0002_walls")]

    operations = [wall("osb_brokeredinstance")]
