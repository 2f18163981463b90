"""Unpaid orders don't count: what is stored as ``pending`` is told apart, and outcomes are computed again.

Until now ``pending`` was whatever wasn't paid. Of shop systems it becomes ``on_hold``, which counts as before, until the
kept deliveries are read again by the worker; a WooCommerce order of which none is kept counts for seven days after it
was placed. What stores sent themselves stays ``pending`` and stops counting. In batches: an interrupted run goes on.
"""

from django.db import connection, migrations
from procrastinate.contrib.django import app

BATCH = 10_000
STORES = """
UPDATE experiments_store AS store SET unpaid_left_out_since = now()
WHERE unpaid_left_out_since IS NULL AND EXISTS (
    SELECT FROM experiments_order AS orders WHERE orders.store_id = store.id AND orders.status = 'pending')
"""
# By the index of orders that wait for their payment: the table is not read as a whole.
HELD = """
UPDATE experiments_order SET status = 'on_hold',
    unclear_until = CASE WHEN source = 'woocommerce' THEN placed_at + interval '7 days' END
WHERE id IN (
    SELECT id FROM experiments_order
    WHERE status IN ('pending', 'on_hold') AND status = 'pending' AND sent_status = ''
        AND source IN ('shopify', 'woocommerce')
    LIMIT %s)
"""
CONCERNED = "SELECT id FROM experiments_store WHERE unpaid_left_out_since IS NOT NULL ORDER BY id"
CONNECTED = "SELECT DISTINCT store_id FROM checkout_widgets_connection ORDER BY store_id"


def tell_apart(apps, schema_editor):
    """Hold what shop systems sent, and queue what the worker has to do for each store."""
    with connection.cursor() as cursor:
        cursor.execute(STORES)
        cursor.execute(HELD, [BATCH])
        while cursor.rowcount == BATCH:
            cursor.execute(HELD, [BATCH])
        cursor.execute(CONCERNED)
        concerned = [store_id for (store_id,) in cursor.fetchall()]
        cursor.execute(CONNECTED)
        connected = [store_id for (store_id,) in cursor.fetchall()]
    for store_id in connected:
        app.configure_task("checkout_widgets.tasks.read_deliveries_again").defer(store_id=store_id)
    for store_id in concerned:
        app.configure_task("experiments.tasks.recompute_outcomes", lock="recompute_outcomes").defer(store_id=store_id)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("checkout_widgets", "0010_product_external_id_index"),
        ("experiments", "0028_indexes_of_unpaid_orders"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
