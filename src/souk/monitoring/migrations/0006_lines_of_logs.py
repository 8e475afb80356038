"""Lines of logs, in partitions of one day, and the walls of these tables."""

from django.db.migrations import Migration, RunSQL

from souk.kernel.partitions import rolled
from souk.kernel.walls import wall


class Migration(Migration):
    dependencies = [("monitoring", "0005_logs")]

    operations = [
        RunSQL("create sequence monitoring_logline_id", "drop sequence monitoring_logline_id"),
        rolled(
            "monitoring_logline",
            "id bigint not null default nextval('monitoring_logline_id'), instance_id uuid not null,"
            " organization_id uuid not null, at timestamptz not null, severity text not null, text text not null",
        ),
        RunSQL(
            "create index monitoring_logline_instance on monitoring_logline (instance_id, id)",
            "drop index monitoring_logline_instance",
        ),
        wall("monitoring_logline"),
        wall("monitoring_logposition"),
        wall("monitoring_slowstatements"),
    ]
