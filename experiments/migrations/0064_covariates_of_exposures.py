"""What is known of a visitor before the offer beside the cart's value. Null where nobody said, so no row is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0063_covariates")]

    operations = [
        migrations.AddField(
            model_name="exposure",
            name="cart_items",
            field=models.SmallIntegerField(null=True, verbose_name="products in the cart"),
        ),
        migrations.AddField(
            model_name="exposure",
            name="past_orders",
            field=models.SmallIntegerField(null=True, verbose_name="earlier orders"),
        ),
    ]
