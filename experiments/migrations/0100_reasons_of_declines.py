"""Events that say why somebody declined, of which the funnel has no part; and whether a store asks for it."""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("experiments.migrations.0046_funnel_events").FORWARDS
FUNCTION = BEFORE[: BEFORE.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
OF_VARIANTS = "WHERE experiment_id IS NOT NULL AND variant_id IS NOT NULL"
WITHOUT_VIEWS = FUNCTION.replace(OF_VARIANTS, f"{OF_VARIANTS} AND type <> 'view'")
WITHOUT_REASONS = FUNCTION.replace(OF_VARIANTS, f"{OF_VARIANTS} AND type NOT IN ('view', 'reason')")
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
    ("reason", "Reason for a decline"),
]


class Migration(migrations.Migration):
    dependencies = [("experiments", "0099_question_in_the_trail")]
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
        migrations.AddField(
            model_name="store",
            name="asks_why_declined",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "If on, shoppers who decline an offer can say why, by one tap that they may leave out. "
                    "They see no second question."
                ),
                verbose_name="ask why an offer was declined",
            ),
        ),
        migrations.RunSQL(WITHOUT_REASONS, WITHOUT_VIEWS),
    ]
