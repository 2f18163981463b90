"""When a connection's last delivery came: else all its deliveries of a month are read for it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("checkout_widgets", "0021_trial_orders")]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(fields=["connection", "-received_at"], name="delivery_connection_received"),
        ),
    ]
