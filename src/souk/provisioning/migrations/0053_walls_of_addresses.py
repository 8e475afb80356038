"""Walls of public addresses; and no two ranges of them overlap."""

from django.db import migrations

from souk.kernel.walls import wall


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0052_public_addresses")]

    operations = [
        wall("provisioning_publicaddress"),
        migrations.RunSQL(
            "alter table provisioning_publicrange add constraint public_range_without_overlap"
            " exclude using gist ((network::inet) inet_ops with &&) where (withdrawn_at is null)",
            "alter table provisioning_publicrange drop constraint public_range_without_overlap",
        ),
    ]
