"""Triggers that count changes of second offers for the edge, as those of widgets do."""

from django.db import migrations

TABLE = "checkout_widgets_nextwidget"
# Locked, against a launch at the same time: else neither would see the other, and the change would reach no edge.
STORES = """SELECT store_id FROM experiments_experiment WHERE id IN (
    SELECT experiment_id FROM experiments_variant WHERE id IN (SELECT variant_id FROM changed)
) AND status IN (''running'', ''paused'', ''concluded'') FOR NO KEY UPDATE"""
IGNORED = "updated_at"
FORWARDS = f"""
CREATE TRIGGER configuration_inserted AFTER INSERT ON {TABLE} REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '{IGNORED}');
CREATE TRIGGER configuration_updated AFTER UPDATE ON {TABLE} REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '{IGNORED}');
CREATE TRIGGER configuration_deleted AFTER DELETE ON {TABLE} REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '{IGNORED}');
CREATE TRIGGER configuration_truncated AFTER TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_truncated();
"""
BACKWARDS = f"""
DROP TRIGGER configuration_inserted ON {TABLE};
DROP TRIGGER configuration_updated ON {TABLE};
DROP TRIGGER configuration_deleted ON {TABLE};
DROP TRIGGER configuration_truncated ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0039_steps_of_offer_days")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
