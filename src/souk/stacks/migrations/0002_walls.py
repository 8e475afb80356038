"""A wall around what stacks are made of: whoever sells them sees its own, the system tells buyers."""

from django.db.migrations import Migration

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("stacks", "0001_initial")]

    operations = [wall("stacks_stackplan")]
