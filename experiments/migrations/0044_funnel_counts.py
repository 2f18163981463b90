"""Tables of how far each visitor got, and triggers that keep each day's counts equal to its visitors'."""

import django.db.models.deletion
from django.db import migrations, models


FORWARDS = """
-- Adds visitors to their days, or takes them out, as its argument says: 1 or -1.
CREATE FUNCTION count_funnel_visitors() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign int := TG_ARGV[0]::int;
BEGIN
    MERGE INTO experiments_funnelday AS stored USING (
        SELECT experiment_id, variant_id, first_on AS day, step.type, is_automated,
            sign * sum(step.events) AS events, sign * count(*) AS visitors
        FROM changed CROSS JOIN LATERAL (VALUES
            ('exposure', exposure), ('impression', impression), ('click', click), ('accept', accept),
            ('accept_failed', accept_failed), ('decline', decline), ('skipped', skipped), ('error', error)
        ) AS step (type, events)
        -- A visitor whose accepts were all taken back has accepted nothing.
        WHERE step.events > 0
        GROUP BY experiment_id, variant_id, first_on, step.type, is_automated
    ) AS counted ON (stored.experiment_id, stored.day, stored.variant_id, stored.type, stored.is_automated)
        = (counted.experiment_id, counted.day, counted.variant_id, counted.type, counted.is_automated)
    WHEN MATCHED THEN
        UPDATE SET events = stored.events + counted.events, visitors = stored.visitors + counted.visitors
    -- Without a row there is nothing to take out of: the test is being deleted, its days first.
    WHEN NOT MATCHED AND sign > 0 THEN
        INSERT (experiment_id, day, variant_id, type, is_automated, events, visitors)
        VALUES (counted.experiment_id, counted.day, counted.variant_id, counted.type, counted.is_automated,
            counted.events, counted.visitors);
    RETURN NULL;
END $$;

CREATE TRIGGER funnel_visitors_inserted AFTER INSERT ON experiments_funnelvisitor REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_funnel_visitors('1');
CREATE TRIGGER funnel_visitors_deleted AFTER DELETE ON experiments_funnelvisitor REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_funnel_visitors('-1');
-- In the order of their names: added before taken out, so that no count is below 0 in between.
CREATE TRIGGER funnel_visitors_updated_1 AFTER UPDATE ON experiments_funnelvisitor REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_funnel_visitors('1');
CREATE TRIGGER funnel_visitors_updated_2 AFTER UPDATE ON experiments_funnelvisitor REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_funnel_visitors('-1');
"""
BACKWARDS = """
DROP TRIGGER funnel_visitors_inserted ON experiments_funnelvisitor;
DROP TRIGGER funnel_visitors_deleted ON experiments_funnelvisitor;
DROP TRIGGER funnel_visitors_updated_1 ON experiments_funnelvisitor;
DROP TRIGGER funnel_visitors_updated_2 ON experiments_funnelvisitor;
DROP FUNCTION count_funnel_visitors();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0043_no_events_by_time_alone'),
    ]

    operations = [
        migrations.CreateModel(
            name='ForgottenEvents',
            fields=[
                ('store', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='forgotten_events', serialize=False, to='experiments.store', verbose_name='store')),
                ('before', models.DateTimeField(verbose_name='received before')),
            ],
            options={
                'verbose_name': 'deleted events of a store',
                'verbose_name_plural': 'deleted events of stores',
            },
        ),
        migrations.CreateModel(
            name='UncountedEvents',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(null=True, verbose_name='received since')),
            ],
            options={
                'verbose_name': "events that aren't counted yet",
                'verbose_name_plural': "events that aren't counted yet",
            },
        ),
        migrations.CreateModel(
            name='FunnelVisitor',
            fields=[
                ('exposure', models.IntegerField(db_default=0, default=0, verbose_name='exposures')),
                ('impression', models.IntegerField(db_default=0, default=0, verbose_name='impressions')),
                ('click', models.IntegerField(db_default=0, default=0, verbose_name='clicks')),
                ('accept', models.IntegerField(db_default=0, default=0, verbose_name='accepts')),
                ('accept_failed', models.IntegerField(db_default=0, default=0, verbose_name='failed accepts')),
                ('decline', models.IntegerField(db_default=0, default=0, verbose_name='declines')),
                ('skipped', models.IntegerField(db_default=0, default=0, verbose_name='skipped offers')),
                ('error', models.IntegerField(db_default=0, default=0, verbose_name='errors')),
                ('pk', models.CompositePrimaryKey('experiment_id', 'visitor_id', 'variant_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('first_on', models.DateField(verbose_name='day of the first event')),
                ('is_automated', models.BooleanField(verbose_name='automated browser')),
                ('visitor_id', models.CharField(max_length=64, verbose_name='visitor ID')),
                ('experiment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_visitors', to='experiments.experiment', verbose_name='test')),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_visitors', to='experiments.variant', verbose_name='variant')),
            ],
            options={
                'verbose_name': "visitor's events in a test",
                'verbose_name_plural': "visitors' events in tests",
            },
        ),
        migrations.CreateModel(
            name='FunnelChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exposure', models.IntegerField(db_default=0, default=0, verbose_name='exposures')),
                ('impression', models.IntegerField(db_default=0, default=0, verbose_name='impressions')),
                ('click', models.IntegerField(db_default=0, default=0, verbose_name='clicks')),
                ('accept', models.IntegerField(db_default=0, default=0, verbose_name='accepts')),
                ('accept_failed', models.IntegerField(db_default=0, default=0, verbose_name='failed accepts')),
                ('decline', models.IntegerField(db_default=0, default=0, verbose_name='declines')),
                ('skipped', models.IntegerField(db_default=0, default=0, verbose_name='skipped offers')),
                ('error', models.IntegerField(db_default=0, default=0, verbose_name='errors')),
                ('received_at', models.DateTimeField(null=True, verbose_name='received at')),
                ('first_on', models.DateField(null=True, verbose_name='day of the first event')),
                ('visitor_id', models.CharField(max_length=64, verbose_name='visitor ID')),
                ('experiment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_changes', to='experiments.experiment', verbose_name='test')),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_changes', to='experiments.variant', verbose_name='variant')),
            ],
            options={
                'verbose_name': "change of a visitor's events",
                'verbose_name_plural': "changes of visitors' events",
                'indexes': [models.Index(fields=['experiment'], name='funnel_change_experiment')],
            },
        ),
        migrations.CreateModel(
            name='FunnelDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('type', models.CharField(choices=[('exposure', 'Exposure'), ('impression', 'Impression'), ('click', 'Click'), ('accept', 'Accept'), ('accept_failed', 'Accept failed'), ('decline', 'Decline'), ('skipped', 'Skipped'), ('error', 'Error')], max_length=16, verbose_name='type')),
                ('is_automated', models.BooleanField(verbose_name='automated browser')),
                ('events', models.BigIntegerField(verbose_name='events')),
                ('visitors', models.BigIntegerField(verbose_name='visitors')),
                ('experiment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_days', to='experiments.experiment', verbose_name='test')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_days', to='experiments.variant', verbose_name='variant')),
            ],
            options={
                'verbose_name': 'event counts of a day',
                'verbose_name_plural': 'event counts by day',
                'constraints': [models.UniqueConstraint(fields=('experiment', 'day', 'variant', 'type', 'is_automated'), name='one_funnel_count_per_day_and_type'), models.CheckConstraint(condition=models.Q(('events__gte', models.F('visitors')), ('visitors__gte', 0)), name='funnel_day_has_an_event_of_each_visitor')],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
