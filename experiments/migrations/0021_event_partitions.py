"""Events by the month in which they were received, so that old ones go by dropping a table.

What is stored is moved. The number that named a row goes: the sender's id names it, in its month.
"""

from datetime import date

from django.db import migrations, models

TABLE = """
CREATE TABLE experiments_widgetevent_by_month (
    store_id bigint NOT NULL,
    event_id uuid NOT NULL,
    month date NOT NULL,
    type varchar(16) NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    visitor_id varchar(64) NOT NULL,
    experiment_id bigint,
    variant_id bigint,
    moment varchar(16) NOT NULL,
    props jsonb NOT NULL,
    CONSTRAINT event_month_is_that_of_receipt
        CHECK (month = date_trunc('month', received_at AT TIME ZONE 'UTC')::date)
) PARTITION BY LIST (month);
CREATE TABLE experiments_widgetevent_other PARTITION OF experiments_widgetevent_by_month DEFAULT;
"""
PARTITION = """
CREATE TABLE experiments_widgetevent_{name} PARTITION OF experiments_widgetevent_by_month FOR VALUES IN ('{month}');
"""
# Indexes after the rows: faster by far.
MOVE = """
INSERT INTO experiments_widgetevent_by_month
SELECT store_id, event_id, date_trunc('month', received_at AT TIME ZONE 'UTC')::date, type, occurred_at, received_at,
    visitor_id, experiment_id, variant_id, moment, props
FROM experiments_widgetevent;
SET CONSTRAINTS ALL IMMEDIATE;
DROP TABLE experiments_widgetevent;
ALTER TABLE experiments_widgetevent_by_month RENAME TO experiments_widgetevent;
ALTER TABLE experiments_widgetevent
    ADD CONSTRAINT experiments_widgetevent_pkey PRIMARY KEY (store_id, event_id, month),
    ADD CONSTRAINT event_store FOREIGN KEY (store_id) REFERENCES experiments_store (id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT event_experiment FOREIGN KEY (experiment_id) REFERENCES experiments_experiment (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT event_variant FOREIGN KEY (variant_id) REFERENCES experiments_variant (id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX event_experiment_variant_type ON experiments_widgetevent (experiment_id, variant_id, type);
CREATE INDEX event_received ON experiments_widgetevent USING brin (received_at) WITH (autosummarize = on);
"""
MONTHS = """
SELECT DISTINCT date_trunc('month', received_at AT TIME ZONE 'UTC')::date FROM experiments_widgetevent
UNION SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date
FROM generate_series(0, 2) AS ahead ORDER BY 1
"""


def by_month(apps, schema_editor):
    """Make the table again in parts, one for each month there is and for this one and the next two."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MONTHS)
        months: list[date] = [month for (month,) in cursor.fetchall()]
        cursor.execute(TABLE)
        for month in months:
            cursor.execute(PARTITION.format(name=f"{month:%Y_%m}", month=month.isoformat()))
        cursor.execute(MOVE)


class Migration(migrations.Migration):
    dependencies = [("experiments", "0020_api_tokens")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(by_month)],
            state_operations=[
                migrations.RemoveConstraint(model_name="widgetevent", name="one_event_per_store_and_id"),
                migrations.AddField(
                    model_name="widgetevent", name="month", field=models.DateField(), preserve_default=False
                ),
                migrations.RemoveField(model_name="widgetevent", name="id"),
                migrations.AddField(
                    model_name="widgetevent",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "store_id", "event_id", "month", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        )
    ]
