"""Events that say how long a widget was in view; the funnel has no part in them."""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("experiments.migrations.0046_funnel_events").FORWARDS
FUNCTION = BEFORE[: BEFORE.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
OF_VARIANTS = "WHERE experiment_id IS NOT NULL AND variant_id IS NOT NULL"
TYPES = [
    ("exposure", "Exposure"),
    ("impression", "Impression"),
    ("click", "Click"),
    ("accept", "Accept"),
    ("accept_failed", "Accept failed"),
    ("decline", "Decline"),
    ("skipped", "Skipped"),
    ("error", "Error"),
    ("view", "Time in view"),
]


class Migration(migrations.Migration):
    dependencies = [("experiments", "0089_words_in_each_language")]
    operations = [
        migrations.AlterField(
            model_name="widgetevent",
            name="type",
            field=models.CharField(choices=TYPES, max_length=16, verbose_name="type"),
        ),
        migrations.AlterField(
            model_name="funnelday",
            name="type",
            field=models.CharField(choices=TYPES, max_length=16, verbose_name="type"),
        ),
        migrations.RunSQL(FUNCTION.replace(OF_VARIANTS, f"{OF_VARIANTS} AND type <> 'view'"), FUNCTION),
    ]
