"""Acceptances by time, for the setup page: made without holding up whoever writes."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("checkout_widgets", "0011_unpaid_orders")]
    operations = [
        AddIndexConcurrently(
            model_name="acceptance",
            index=models.Index(fields=["store", "accepted_at"], name="acceptance_store_accepted"),
        ),
    ]
