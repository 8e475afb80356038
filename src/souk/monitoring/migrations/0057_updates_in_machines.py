"""Updates that wait in machines which install them themselves."""

from django.db import migrations, models

from souk.kernel.walls import wall


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0037_proofs_of_backups")]

    operations = [
        migrations.CreateModel(
            "MachineUpdates",
            [
                ("instance_id", models.UUIDField(primary_key=True, serialize=False)),
                ("organization_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("security", models.IntegerField()),
                ("others", models.IntegerField()),
                ("restart", models.BooleanField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("installed_at", models.DateTimeField(null=True)),
                ("security_since", models.DateTimeField(null=True)),
            ],
        ),
        wall("monitoring_machineupdates"),
    ]
