"""What was told of an instance, so that it is told once."""

import souk.kernel.ids
from django.db import migrations, models

from souk.kernel.walls import wall


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0006_lines_of_logs")]

    operations = [
        migrations.CreateModel(
            "Announcement",
            [
                ("id", models.UUIDField(default=souk.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("organization_id", models.UUIDField()),
                ("instance_id", models.UUIDField()),
                ("subject", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "announcement",
            models.UniqueConstraint(fields=["instance_id", "subject"], name="announcement_once"),
        ),
        wall("monitoring_announcement"),
    ]
