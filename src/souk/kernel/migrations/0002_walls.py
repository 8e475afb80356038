"""Scope functions, grants, and the walls of the kernel's tables."""

from django.db.migrations import Migration, RunSQL

from souk.kernel.walls import FUNCTIONS, GRANTS, append_only, wall


class Migration(Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        RunSQL(FUNCTIONS),
        RunSQL(GRANTS),
        wall("kernel_event"),
        append_only("kernel_event", updatable=("personal",)),
        append_only("kernel_seal"),
        wall("kernel_document"),
        append_only("kernel_document"),
        wall("kernel_numberingseries", "false"),
    ]
