"""Orders that name the shop's own customer get the customer's key. Guests of the past have none: nobody kept who they
were."""

from django.db import migrations

from experiments.big_tables.updates import update_by_id

# As experiments.customer_keys makes it, which may not change: the keys are what assignment hashes.
FILL = """
UPDATE experiments_order SET customer_key = CASE WHEN length(customer_id) <= 60 THEN 'i_' || customer_id
    ELSE 'h_' || left(encode(sha256(convert_to(customer_id, 'UTF8')), 'hex'), 32) END
WHERE id > %(after)s AND id <= %(upto)s AND customer_id <> '' AND customer_key = ''
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0067_customer_keys")]
    operations = [migrations.RunPython(update_by_id("experiments_order", FILL), migrations.RunPython.noop)]
