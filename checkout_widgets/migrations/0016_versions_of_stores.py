"""Triggers that count what the edge holds by store, and leave out what it doesn't hold, such as drafts and previews.

The one number that counted every change goes on counting these: edge processes of the release before follow it.
"""

from django.db import migrations, models

CREATE_FUNCTIONS = """
-- Count a change of these stores; 0 stands for all. Nothing is counted where there is none.
CREATE FUNCTION count_store_changes(stores bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE counted bigint;
BEGIN
    IF cardinality(stores) = 0 THEN RETURN; END IF;
    -- This row stays locked until the change is committed, so that numbers become visible in their order: the edge asks
    -- for what is above the last one it saw. It is locked before the stores' rows, so that nobody waits in a circle.
    INSERT INTO checkout_widgets_configurationversion AS current (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = current.version + 1 RETURNING version INTO counted;
    INSERT INTO checkout_widgets_storeversion (store_id, version) SELECT unnest(stores), counted
    ON CONFLICT (store_id) DO UPDATE SET version = excluded.version;
END $$;

-- The arguments of the trigger: which stores rows of the table `changed` belong to, and the columns that the edge
-- doesn't hold. A column that is new counts until it is named there.
CREATE FUNCTION count_configuration_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ignored text[] := string_to_array(TG_ARGV[1], ' ');
    changed text;
    stores bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := 'SELECT * FROM after';
    ELSIF TG_OP = 'DELETE' THEN
        changed := 'SELECT * FROM before';
    ELSE
        -- both sides, for a row can move from one store, or from one status, to another
        changed := 'SELECT before.* FROM before WHERE NOT EXISTS (SELECT FROM after WHERE after.id = before.id'
            ' AND to_jsonb(after) - $1 = to_jsonb(before) - $1)'
            ' UNION ALL SELECT after.* FROM after WHERE NOT EXISTS (SELECT FROM before WHERE before.id = after.id'
            ' AND to_jsonb(after) - $1 = to_jsonb(before) - $1)';
    END IF;
    EXECUTE 'WITH changed AS MATERIALIZED (' || changed || '), found AS (' || TG_ARGV[0] || ')'
        ' SELECT coalesce(array_agg(DISTINCT store_id), ''{}'') FROM found' INTO stores USING ignored;
    PERFORM count_store_changes(stores);
    RETURN NULL;
END $$;

CREATE FUNCTION count_configuration_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_store_changes('{0}');
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION count_configuration_truncated();
DROP FUNCTION count_configuration_rows();
DROP FUNCTION count_store_changes(bigint[]);
"""
# A concluded test may show its winner. Of the others the edge holds nothing.
LIVE = "status IN (''running'', ''paused'', ''concluded'')"
# Locked, against a launch at the same time: else neither would see the other, and the change would reach no edge.
OF_LIVE_EXPERIMENTS = f"""
SELECT store_id FROM experiments_experiment WHERE id IN ({{experiments}}) AND {LIVE} FOR NO KEY UPDATE"""
OF_OFFERS = "SELECT store_id FROM checkout_widgets_offer WHERE id IN (SELECT offer_id FROM changed)"
OF_VARIANTS = OF_LIVE_EXPERIMENTS.format(experiments="SELECT experiment_id FROM changed")
OF_WIDGETS = OF_LIVE_EXPERIMENTS.format(
    experiments="SELECT experiment_id FROM experiments_variant WHERE id IN (SELECT variant_id FROM changed)"
)
# Table: which stores its changed rows belong to, and the columns that the edge doesn't hold.
TABLES = {
    "experiments_store": (
        "SELECT id AS store_id FROM changed",
        "updated_at first_signed_at unpaid_left_out_since retention_days preview_url",
    ),
    "experiments_experiment": (
        f"SELECT store_id FROM changed WHERE {LIVE}",
        "updated_at created_at previewed_at name hypothesis has_told_weights ramped_at started_at goal_metric guardrails "
        "is_pausing_on_harm alpha planned_looks prior_sd cap_minor is_cap_awaited attribution_window_days planned_sample "
        "planned_days learning next_step",
    ),
    "experiments_variant": (OF_VARIANTS, "name"),
    "checkout_widgets_product": ("SELECT store_id FROM changed", "updated_at cost_minor description category"),
    # Its `updated_at` counts: an acceptance of an offer with a limit sets it, so that the edge counts what is left.
    "checkout_widgets_offer": ("SELECT store_id FROM changed", "name"),
    "checkout_widgets_offeritem": (OF_OFFERS, ""),
    "checkout_widgets_offertier": (OF_OFFERS, ""),
    "checkout_widgets_widget": (OF_WIDGETS, "updated_at"),
}
# A trigger with the changed rows as tables is of one kind of change each.
CREATE_TRIGGERS = """
DROP TRIGGER configuration_changed ON {table};
CREATE TRIGGER configuration_inserted AFTER INSERT ON {table} REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{stores}', '{ignored}');
CREATE TRIGGER configuration_updated AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{stores}', '{ignored}');
CREATE TRIGGER configuration_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{stores}', '{ignored}');
CREATE TRIGGER configuration_truncated AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_truncated();
"""
DROP_TRIGGERS = """
DROP TRIGGER configuration_inserted ON {table};
DROP TRIGGER configuration_updated ON {table};
DROP TRIGGER configuration_deleted ON {table};
DROP TRIGGER configuration_truncated ON {table};
CREATE TRIGGER configuration_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_change();
"""


def triggers(template: str) -> str:
    """Return the template's statements for each table."""
    statements = []
    for table, (stores, ignored) in TABLES.items():
        statements.append(template.format(table=table, stores=stores, ignored=ignored))
    return "".join(statements)


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0015_plainer_labels"),
        ("experiments", "0036_managers_of_experiments"),
    ]
    operations = [
        migrations.CreateModel(
            name="StoreVersion",
            fields=[
                ("store_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.PositiveBigIntegerField(db_index=True)),
            ],
        ),
        migrations.RunSQL(CREATE_FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(triggers(CREATE_TRIGGERS), triggers(DROP_TRIGGERS)),
    ]
