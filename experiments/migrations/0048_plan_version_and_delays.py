"""The rules that a test keeps from its launch on, and how long its orders take: two small columns of a small table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0047_events_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='experiment',
            name='delays',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='delays of orders and refunds'),
        ),
        migrations.AddField(
            model_name='experiment',
            name='plan_version',
            field=models.PositiveSmallIntegerField(choices=[(1, 'Daily'), (2, 'Weekly, mature visitors')], db_default=1, default=1, editable=False, verbose_name='rules of the plan'),
        ),
    ]
