"""What each arm of a test would have shown of product pairs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0090_time_in_view'),
    ]

    operations = [
        migrations.AddField(
            model_name='exposure',
            name='would_show',
            field=models.JSONField(null=True, verbose_name='what each arm would have shown'),
        ),
    ]
