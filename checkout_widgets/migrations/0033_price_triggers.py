"""Triggers that note what products cost in the catalog, so that no way of changing a price can forget to."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION note_new_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_pricechange (product_id, at, price_minor, source)
    SELECT id, now(), price_minor, 'catalog' FROM changed
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION note_changed_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_pricechange (product_id, at, price_minor, source)
    SELECT after.id, now(), after.price_minor, 'catalog'
    FROM after JOIN before ON before.id = after.id
    WHERE after.price_minor <> before.price_minor
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER prices_inserted AFTER INSERT ON checkout_widgets_product REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_new_prices();
CREATE TRIGGER prices_updated AFTER UPDATE ON checkout_widgets_product
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION note_changed_prices();
"""
BACKWARDS = """
DROP TRIGGER prices_updated ON checkout_widgets_product;
DROP TRIGGER prices_inserted ON checkout_widgets_product;
DROP FUNCTION note_changed_prices();
DROP FUNCTION note_new_prices();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0032_price_history")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
