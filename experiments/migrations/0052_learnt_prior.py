"""How large effects usually are, as a test has learnt it from its store's past ones: a column of a small table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0051_sample_reasons'),
    ]

    operations = [
        migrations.AddField(
            model_name='experiment',
            name='learnt_prior',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='learned size of effects'),
        ),
    ]
