"""What the snippet watched for an exposure. The default is constant, so that no row is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0030_told_weights")]
    operations = [
        migrations.AddField(
            model_name="exposure",
            name="trigger_version",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
    ]
