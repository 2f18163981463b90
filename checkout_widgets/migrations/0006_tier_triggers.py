"""A trigger that counts changes to the tiers of offers, which the edge holds in memory too."""

from importlib import import_module

from django.db import migrations

CREATE_TRIGGER = import_module("checkout_widgets.migrations.0002_configuration_triggers").CREATE_TRIGGER
TABLE = "checkout_widgets_offertier"


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0005_layouts_and_tiers")]
    operations = [
        migrations.RunSQL(CREATE_TRIGGER.format(table=TABLE), f"DROP TRIGGER configuration_changed ON {TABLE};")
    ]
