"""What people read of fields and tables, reworded: the state alone, no statement for the database."""

import experiments.models.experiment
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0039_outcomes_on_their_page'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apitoken',
            name='is_active',
            field=models.BooleanField(default=True, help_text='If off, requests with it are rejected.', verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='is_pausing_on_harm',
            field=models.BooleanField(default=True, help_text='Pause the test automatically if a guardrail is crossed: its whole always-valid interval is past the margin. Many more errors or skipped offers than in control pause the test, too.', verbose_name='pause on harm'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='salt',
            field=models.CharField(default=experiments.models.experiment.new_salt, editable=False, max_length=64, verbose_name='assignment seed'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='refused_code',
            field=models.CharField(blank=True, db_default='', default='', help_text="Why its acceptance doesn't count.", max_length=16, verbose_name='why rejected'),
        ),
    ]
