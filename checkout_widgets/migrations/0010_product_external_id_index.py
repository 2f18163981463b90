"""Products by the shop system's own id, which lines of orders name: made without holding up whoever writes."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("checkout_widgets", "0009_older_secrets")]
    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(
                fields=["store", "external_id"],
                condition=models.Q(("external_id", ""), _negated=True),
                name="product_store_external_id",
            ),
        ),
    ]
