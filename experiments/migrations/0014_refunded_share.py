"""How many buyers got money back: a sum of every day, which the days there are have yet to add up."""

from django.db import migrations, models

ADD_UP_AGAIN = """
INSERT INTO experiments_touchedday (experiment_id, day)
SELECT DISTINCT experiment_id, day FROM experiments_exposureday;
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0013_decision_counts")]
    operations = [
        migrations.AddField(
            model_name="exposureday",
            name="refunding",
            field=models.DecimalField(decimal_places=0, default=0, max_digits=100),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="experiment",
            name="goal_metric",
            field=models.CharField(
                choices=[
                    ("rpv", "Revenue per visitor"),
                    ("conversion", "Conversion"),
                    ("aov", "Average order value"),
                    ("orders_per_visitor", "Orders per visitor"),
                    ("items_per_order", "Items per order"),
                    ("take_rate", "Take rate"),
                    ("upsell_rpv", "Upsell revenue per visitor"),
                    ("margin", "Margin per visitor"),
                    ("refunded_share", "Refunded share of buyers"),
                ],
                default="rpv",
                max_length=32,
            ),
        ),
        migrations.RunSQL(ADD_UP_AGAIN, migrations.RunSQL.noop),
    ]
