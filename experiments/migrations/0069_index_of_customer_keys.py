"""A customer's orders by time, found without holding up whoever writes orders. Made once the keys are filled in, which
writes every order of a known customer."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0068_keys_of_known_customers")]
    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("customer_key", ""), _negated=True),
                fields=["store", "customer_key", "placed_at"],
                name="order_store_key_placed",
            ),
        ),
    ]
