"""The numbers of orders, and the walls of these tables."""

from django.db.migrations import Migration, RunSQL

from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("ordering", "0001_initial"), ("kernel", "0002_walls")]

    operations = [
        RunSQL(
            "create sequence ordering_order_number start 1001;"
            " grant usage, select on sequence ordering_order_number to souk_web, souk_worker;",
            "drop sequence ordering_order_number",
        ),
        wall("ordering_order"),
        wall("ordering_subscription"),
    ]
