"""The history begins with what products cost now; earlier prices are read from orders by the worker, in batches."""

from django.db import migrations

# One statement: catalogs have at most some hundred thousand products. Those that came since the triggers are noted.
FORWARDS = """
INSERT INTO checkout_widgets_pricechange (product_id, at, price_minor, source)
SELECT id, now(), price_minor, 'catalog' FROM checkout_widgets_product AS product
WHERE NOT EXISTS (SELECT FROM checkout_widgets_pricechange AS known WHERE known.product_id = product.id)
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0033_price_triggers")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
