"""Declare once what both counts of offers are of, without names to go back. Changes nothing in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0029_kept_inputs"), ("experiments", "0064_covariates_of_exposures")]

    operations = [
        migrations.AlterField(
            model_name="shownday",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=models.CASCADE, related_name="+", to="experiments.store", verbose_name="store"
            ),
        ),
        migrations.AlterField(
            model_name="shownday",
            name="variant",
            field=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="experiments.variant", verbose_name="variant"
            ),
        ),
        migrations.AlterField(
            model_name="shownday",
            name="offer",
            field=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="checkout_widgets.offer", verbose_name="offer"
            ),
        ),
        migrations.AlterField(
            model_name="soldday",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=models.CASCADE, related_name="+", to="experiments.store", verbose_name="store"
            ),
        ),
        migrations.AlterField(
            model_name="soldday",
            name="variant",
            field=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="experiments.variant", verbose_name="variant"
            ),
        ),
        migrations.AlterField(
            model_name="soldday",
            name="offer",
            field=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="checkout_widgets.offer", verbose_name="offer"
            ),
        ),
    ]
