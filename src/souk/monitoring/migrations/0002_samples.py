"""The values of each minute, in partitions of one day, and the walls of these tables."""

from django.db.migrations import Migration, RunSQL

from souk.kernel.partitions import ROLL, rolled
from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("monitoring", "0001_initial"), ("kernel", "0002_walls")]

    operations = [
        RunSQL(ROLL, "drop function souk_roll_days(text, integer, integer)"),
        rolled(
            "monitoring_sample",
            "instance_id uuid not null, organization_id uuid not null, at timestamptz not null, vals float8[] not null,"
            " primary key (instance_id, at)",
        ),
        wall("monitoring_sample"),
        wall("monitoring_lastlook"),
        wall("monitoring_watch"),
        wall("monitoring_incident"),
    ]
