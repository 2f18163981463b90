"""Events may be in a part of their day as well as in one of their month: where they go on to ClickHouse."""

from django.db import migrations

# Not valid, so that nothing is read: what is there has met the stricter one.
FORWARDS = """
ALTER TABLE experiments_widgetevent
    DROP CONSTRAINT event_month_is_that_of_receipt,
    ADD CONSTRAINT event_month_is_that_of_receipt CHECK (
        month = date_trunc('month', received_at AT TIME ZONE 'UTC')::date OR month = (received_at AT TIME ZONE 'UTC')::date
    ) NOT VALID;
"""
BACKWARDS = """
ALTER TABLE experiments_widgetevent
    DROP CONSTRAINT event_month_is_that_of_receipt,
    ADD CONSTRAINT event_month_is_that_of_receipt CHECK (
        month = date_trunc('month', received_at AT TIME ZONE 'UTC')::date
    ) NOT VALID;
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0094_moved_events")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
