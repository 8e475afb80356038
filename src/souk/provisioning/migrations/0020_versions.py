"""A maintenance window for each service, and operations that wait for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0018_suspending")]

    operations = [
        migrations.AddField("serviceinstance", "maintenance", models.JSONField(null=True)),
        migrations.AddField("operation", "not_before", models.DateTimeField(null=True)),
    ]
