"""Indexes of the fields before, made without holding up whoever writes orders."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0027_unpaid_orders")]
    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["store", "placed_at"],
                condition=models.Q(("status__in", ("pending", "on_hold"))),
                name="order_waiting_for_payment",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["unclear_until"], condition=models.Q(("unclear_until__isnull", False)), name="order_unclear"
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["store"],
                condition=models.Q(("first_external_id", ""), models.Q(("repeat_kind", ""), _negated=True)),
                name="order_repeat_of_unknown",
            ),
        ),
        AddIndexConcurrently(
            model_name="orderline",
            index=models.Index(
                fields=["acceptance_id"],
                condition=models.Q(("acceptance_id__isnull", False)),
                name="order_line_acceptance",
            ),
        ),
    ]
