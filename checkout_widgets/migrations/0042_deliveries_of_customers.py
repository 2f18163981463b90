"""What was delivered of a customer, so that an erasure finds it: only deliveries that are of no order are in it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("checkout_widgets", "0041_privacy_requests")]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                fields=["connection", "customer_key"],
                condition=~models.Q(customer_key=""),
                name="delivery_connection_customer",
            ),
        ),
    ]
