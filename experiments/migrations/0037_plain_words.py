"""Names and help texts of fields and models in plain words: the state alone, no statement for the database."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import experiments.models.experiment
import experiments.models.notification
import experiments.models.store
import experiments.models.years
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0036_managers_of_experiments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='apitoken',
            options={'ordering': ('store', 'name'), 'verbose_name': 'API token', 'verbose_name_plural': 'API tokens'},
        ),
        migrations.AlterModelOptions(
            name='auditentry',
            options={'ordering': ('-at', '-id'), 'verbose_name': 'audit entry', 'verbose_name_plural': 'audit entries'},
        ),
        migrations.AlterModelOptions(
            name='experiment',
            options={'base_manager_name': 'with_holdouts', 'default_manager_name': 'with_holdouts', 'ordering': ('-created_at',), 'verbose_name': 'test', 'verbose_name_plural': 'tests'},
        ),
        migrations.AlterModelOptions(
            name='membership',
            options={'verbose_name': 'member', 'verbose_name_plural': 'members'},
        ),
        migrations.AlterModelOptions(
            name='order',
            options={'ordering': ('-placed_at',), 'verbose_name': 'order', 'verbose_name_plural': 'orders'},
        ),
        migrations.AlterModelOptions(
            name='orderline',
            options={'ordering': ('position',), 'verbose_name': 'order line', 'verbose_name_plural': 'order lines'},
        ),
        migrations.AlterModelOptions(
            name='refund',
            options={'verbose_name': 'refund', 'verbose_name_plural': 'refunds'},
        ),
        migrations.AlterModelOptions(
            name='rejection',
            options={'ordering': ('-day', 'source', 'code'), 'verbose_name': 'rejection', 'verbose_name_plural': 'rejections'},
        ),
        migrations.AlterModelOptions(
            name='snapshot',
            options={'ordering': ('-taken_at',), 'verbose_name': 'stored report', 'verbose_name_plural': 'stored reports'},
        ),
        migrations.AlterModelOptions(
            name='store',
            options={'ordering': ('name',), 'verbose_name': 'store', 'verbose_name_plural': 'stores'},
        ),
        migrations.AlterModelOptions(
            name='variant',
            options={'ordering': ('-is_control', 'id'), 'verbose_name': 'variant', 'verbose_name_plural': 'variants'},
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='is_active',
            field=models.BooleanField(default=True, help_text='If off, all requests with it are refused.', verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='last_used_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='last used at'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='name',
            field=models.CharField(help_text='The system that uses it.', max_length=100, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('erase_visitor', 'Visitor erased'), ('export_store', 'Data exported'), ('created', 'Created'), ('changed', 'Settings changed'), ('duplicated', 'Duplicated'), ('overridden', 'Warnings overridden'), ('scheduled', 'Scheduled'), ('unscheduled', 'Schedule canceled'), ('started', 'Started'), ('capped', 'Cap on order values set'), ('ramped', 'Traffic share changed'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('stopped', 'Stopped'), ('concluded', 'Concluded'), ('archived', 'Archived'), ('guardrail', 'Guardrail crossed'), ('sample_ratio', 'Sample ratio mismatch'), ('look', 'Planned look analyzed'), ('verdict', 'Verdict reached'), ('shared', 'Report shared'), ('unshared', 'Share link revoked')], max_length=64, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='actor',
            field=models.CharField(help_text='The user, or the job, that did it.', max_length=150, verbose_name='who'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='time'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='detail',
            field=models.JSONField(blank=True, default=dict, verbose_name='detail'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='experiment',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='audit_entries', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='audit_entries', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='reason',
            field=models.CharField(choices=[('served', 'Took part in a test or saw a rolled-out offer'), ('no_consent', 'No consent'), ('bot', 'Bot'), ('holdout', 'In the holdout'), ('capped', 'Offer limit reached'), ('declined_recently', 'Declined recently'), ('friction', 'Payment error, return, or support'), ('out_of_stock', 'Offer not available'), ('not_targeted', "Targeting doesn't match"), ('not_included', 'Outside the traffic share'), ('paused', 'Test paused'), ('no_experiment', 'No test is running'), ('unknown_moment', 'Unknown moment')], max_length=24),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='alpha',
            field=models.FloatField(default=0.05, validators=[django.core.validators.MinValueValidator(0.0001), django.core.validators.MaxValueValidator(0.5)], verbose_name='alpha'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='attribution_window_days',
            field=models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(1)], verbose_name='attribution window in days'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='cap_minor',
            field=models.BigIntegerField(blank=True, help_text='Order values above this count as this amount. It is set from past orders before launch.', null=True, verbose_name='cap on order values'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='decision',
            field=models.CharField(blank=True, choices=[('', 'Not decided'), ('roll_out', 'Roll out a variant'), ('keep_control', 'Keep control'), ('iterate', 'Iterate')], default='', max_length=16, verbose_name='decision'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='ended_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ended at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True, validators=[experiments.models.years.validate_year], verbose_name='ends at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='goal_metric',
            field=models.CharField(choices=[('rpv', 'Revenue per visitor'), ('conversion', 'Conversion'), ('aov', 'Average order value'), ('orders_per_visitor', 'Orders per visitor'), ('items_per_order', 'Items per order'), ('take_rate', 'Take rate'), ('upsell_rpv', 'Upsell revenue per visitor'), ('margin', 'Margin per visitor'), ('refunded_share', 'Refunded share of buyers')], default='rpv', max_length=32, verbose_name='goal metric'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='guardrails',
            field=models.JSONField(blank=True, default=experiments.models.experiment.default_guardrails, verbose_name='guardrails'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='has_told_weights',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='For an imported test: whether its planned split is known.'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='hypothesis',
            field=models.TextField(blank=True, verbose_name='hypothesis'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='is_pausing_on_harm',
            field=models.BooleanField(default=True, help_text='Pause the test automatically if a guardrail is significantly worse.', verbose_name='pause on harm'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='key',
            field=models.SlugField(max_length=64, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='learning',
            field=models.TextField(blank=True, verbose_name='learning'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='moment',
            field=models.CharField(choices=[('cart', 'Cart'), ('shipping', 'Shipping'), ('payment', 'Payment'), ('exit_intent', 'Exit intent'), ('confirmation', 'Confirmation'), ('follow_up', 'Follow-up email')], max_length=16, verbose_name='moment'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='name',
            field=models.CharField(max_length=200, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='next_step',
            field=models.TextField(blank=True, verbose_name='next step'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='planned_days',
            field=models.PositiveSmallIntegerField(default=14, help_text='Use whole weeks: weekdays and weekends differ.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='planned days'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='planned_looks',
            field=models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1)], verbose_name='planned looks'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='planned_sample',
            field=models.PositiveIntegerField(blank=True, help_text='Visitors per variant.', null=True, verbose_name='planned sample'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='prior_sd',
            field=models.FloatField(default=0.1, validators=[django.core.validators.MinValueValidator(0.0001)], verbose_name='prior standard deviation'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='priority',
            field=models.SmallIntegerField(default=0, help_text='If several tests match, the one with the highest priority goes first.', verbose_name='priority'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='ramp_plan',
            field=models.JSONField(blank=True, default=list, help_text='Smaller shares of traffic to start with, each with its number of days.', validators=[experiments.models.experiment.validate_ramp_plan], verbose_name='ramp plan'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='rolled_out_variant',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rollouts', to='experiments.variant', verbose_name='rolled-out variant'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='source',
            field=models.CharField(choices=[('live', 'Served by Offerlift'), ('imported', 'Imported from a file'), ('holdout', 'Holdout: all offers against none')], default='live', editable=False, max_length=16, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='started_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='started at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True, validators=[experiments.models.years.validate_year], verbose_name='starts at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('running', 'Running'), ('paused', 'Paused'), ('stopped', 'Stopped'), ('concluded', 'Concluded'), ('archived', 'Archived')], default='draft', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='experiments', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='targeting',
            field=models.JSONField(blank=True, default=dict, verbose_name='targeting'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='traffic_share',
            field=models.FloatField(default=1.0, help_text="The share of visitors who take part, from 0 to 1. Changing it doesn't move anyone between variants.", validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='traffic share'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('admin', 'Admin')], default='viewer', max_length=8, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AlterField(
            model_name='order',
            name='currency',
            field=models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Enter an ISO 4217 currency code, such as EUR.')], verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='order',
            name='customer_id',
            field=models.CharField(blank=True, max_length=64, verbose_name='customer'),
        ),
        migrations.AlterField(
            model_name='order',
            name='external_id',
            field=models.CharField(max_length=64, verbose_name='order ID'),
        ),
        migrations.AlterField(
            model_name='order',
            name='linked_visitor_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='linked visitor'),
        ),
        migrations.AlterField(
            model_name='order',
            name='placed_at',
            field=models.DateTimeField(verbose_name='placed at'),
        ),
        migrations.AlterField(
            model_name='order',
            name='received_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='received at'),
        ),
        migrations.AlterField(
            model_name='order',
            name='sent_status',
            field=models.CharField(blank=True, choices=[('pending', 'Pending'), ('on_hold', 'On hold'), ('paid', 'Paid'), ('cancelled', 'Canceled')], db_default='', default='', editable=False, max_length=16),
        ),
        migrations.AlterField(
            model_name='order',
            name='source',
            field=models.CharField(default='api', max_length=16, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='order',
            name='status',
            field=models.CharField(choices=[('pending', 'Pending'), ('on_hold', 'On hold'), ('paid', 'Paid'), ('cancelled', 'Canceled')], default='paid', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='order',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='order',
            name='updated_at',
            field=models.DateTimeField(verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='order',
            name='visitor_id',
            field=models.CharField(blank=True, max_length=64, verbose_name='visitor'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='cost_minor',
            field=models.BigIntegerField(help_text='Per unit, at the time of the order. Empty if unknown.', null=True),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='discount_minor',
            field=models.BigIntegerField(default=0, help_text="The line's share of the order's discount."),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='experiment_key',
            field=models.CharField(blank=True, help_text='The test whose offer was accepted.', max_length=64, verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='is_upsell',
            field=models.BooleanField(default=False, verbose_name='accepted offer'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='experiments.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='position',
            field=models.PositiveSmallIntegerField(verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='price_minor',
            field=models.BigIntegerField(help_text='Per unit, before discounts.'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='quantity',
            field=models.PositiveIntegerField(verbose_name='quantity'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='refused_code',
            field=models.CharField(blank=True, db_default='', default='', help_text="Why its acceptance doesn't count.", max_length=16, verbose_name='why refused'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='sku',
            field=models.CharField(max_length=64, verbose_name='SKU'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='amount_minor',
            field=models.BigIntegerField(verbose_name='amount'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='external_id',
            field=models.CharField(max_length=64, verbose_name='refund ID'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refunds', to='experiments.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='refunded_at',
            field=models.DateTimeField(verbose_name='refunded at'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='code',
            field=models.CharField(max_length=32, verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='count',
            field=models.PositiveBigIntegerField(default=0, verbose_name='count'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='day',
            field=models.DateField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='last_at',
            field=models.DateTimeField(verbose_name='last at'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='source',
            field=models.CharField(max_length=16, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rejections', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='snapshot',
            name='experiment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='snapshots', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='snapshot',
            name='information_fraction',
            field=models.FloatField(null=True, verbose_name='information fraction'),
        ),
        migrations.AlterField(
            model_name='snapshot',
            name='is_look',
            field=models.BooleanField(default=False, verbose_name='planned look'),
        ),
        migrations.AlterField(
            model_name='snapshot',
            name='report',
            field=models.JSONField(verbose_name='report'),
        ),
        migrations.AlterField(
            model_name='snapshot',
            name='taken_at',
            field=models.DateTimeField(verbose_name='taken at'),
        ),
        migrations.AlterField(
            model_name='store',
            name='allowed_origins',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, help_text='The origins of the pages that show offers, such as https://shop.example.', size=None, verbose_name='allowed origins'),
        ),
        migrations.AlterField(
            model_name='store',
            name='consent_mode',
            field=models.CharField(choices=[('required', 'Wait for consent'), ('not_required', 'Not needed')], default='not_required', max_length=16, verbose_name='consent'),
        ),
        migrations.AlterField(
            model_name='store',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='store',
            name='currency',
            field=models.CharField(default='EUR', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Enter an ISO 4217 currency code, such as EUR.')], verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='store',
            name='decline_silence_hours',
            field=models.PositiveSmallIntegerField(default=24, verbose_name='hours without offers after a decline'),
        ),
        migrations.AlterField(
            model_name='store',
            name='first_signed_at',
            field=models.DateTimeField(editable=False, help_text='When the shop itself first sent an order.', null=True),
        ),
        migrations.AlterField(
            model_name='store',
            name='free_shipping_minor',
            field=models.BigIntegerField(blank=True, help_text='The cart value from which shipping is free. Leave empty if shipping is never free, or always.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='free shipping from'),
        ),
        migrations.AlterField(
            model_name='store',
            name='holdout_share',
            field=models.FloatField(default=0.0, help_text='The share of visitors who never see an offer, from 0 to 1.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='holdout share'),
        ),
        migrations.AlterField(
            model_name='store',
            name='is_automation_counted',
            field=models.BooleanField(default=False, help_text="Turn on only if automated visits, such as your own end-to-end tests, should count like shoppers' visits.", verbose_name='count automated browsers'),
        ),
        migrations.AlterField(
            model_name='store',
            name='is_repeat_counted',
            field=models.BooleanField(db_default=False, default=False, help_text='Orders that the shop makes from earlier ones, such as subscription renewals. Changing this recomputes all results, which can take some minutes.', verbose_name='count renewals and copies'),
        ),
        migrations.AlterField(
            model_name='store',
            name='is_shipping_revenue',
            field=models.BooleanField(default=False, help_text='Changing this recomputes all results, which can take some minutes.', verbose_name='count shipping as revenue'),
        ),
        migrations.AlterField(
            model_name='store',
            name='is_tax_revenue',
            field=models.BooleanField(default=False, help_text='Changing this recomputes all results, which can take some minutes.', verbose_name='count tax as revenue'),
        ),
        migrations.AlterField(
            model_name='store',
            name='max_offers_per_day',
            field=models.PositiveSmallIntegerField(default=4, verbose_name='most offers per day'),
        ),
        migrations.AlterField(
            model_name='store',
            name='max_offers_per_session',
            field=models.PositiveSmallIntegerField(default=2, verbose_name='most offers per session'),
        ),
        migrations.AlterField(
            model_name='store',
            name='name',
            field=models.CharField(max_length=200, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='store',
            name='preview_url',
            field=models.URLField(blank=True, help_text='The page where previews open, such as https://shop.example/cart. If empty, the first allowed origin.', max_length=500, verbose_name='page for previews'),
        ),
        migrations.AlterField(
            model_name='store',
            name='previous_secret_key_expires_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='previous secret key is valid until'),
        ),
        migrations.AlterField(
            model_name='store',
            name='retention_days',
            field=models.PositiveIntegerField(default=730, validators=[django.core.validators.MinValueValidator(1)], verbose_name='days to keep events'),
        ),
        migrations.AlterField(
            model_name='store',
            name='site_key',
            field=models.CharField(default=experiments.models.store.new_site_key, max_length=64, unique=True, verbose_name='site key'),
        ),
        migrations.AlterField(
            model_name='store',
            name='slug',
            field=models.SlugField(max_length=64, unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='store',
            name='timezone',
            field=models.CharField(default='UTC', max_length=64, verbose_name='time zone'),
        ),
        migrations.AlterField(
            model_name='store',
            name='unpaid_left_out_since',
            field=models.DateTimeField(editable=False, help_text="Since when unpaid orders don't count. Empty if they never counted.", null=True),
        ),
        migrations.AlterField(
            model_name='store',
            name='unsigned_orders',
            field=models.CharField(choices=[('until_signed', 'Until the shop itself sends orders'), ('never', 'Never'), ('always', 'Always, although anyone can forge orders')], db_default='until_signed', default='until_signed', help_text='Changing this recomputes all results, which can take some minutes.', max_length=16, verbose_name='count orders reported only by the browser'),
        ),
        migrations.AlterField(
            model_name='store',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='topics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('launch', 'A test starts, pauses, or stops'), ('guardrail', 'A guardrail is crossed'), ('sample_ratio', 'A sample ratio mismatch is found'), ('look', 'A planned look is reached'), ('verdict', 'A verdict is reached'), ('digest', 'A summary of the running tests every Monday')], max_length=16), blank=True, default=experiments.models.notification.default_topics, size=None, verbose_name='topics'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AlterField(
            model_name='variant',
            name='experiment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='variant',
            name='is_control',
            field=models.BooleanField(default=False, verbose_name='control'),
        ),
        migrations.AlterField(
            model_name='variant',
            name='key',
            field=models.SlugField(max_length=64, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='variant',
            name='name',
            field=models.CharField(blank=True, max_length=200, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='variant',
            name='weight',
            field=models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='weight'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='last_attempt_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='last attempt at'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='last_result',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='last result'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_targets', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='topics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('launch', 'A test starts, pauses, or stops'), ('guardrail', 'A guardrail is crossed'), ('sample_ratio', 'A sample ratio mismatch is found'), ('look', 'A planned look is reached'), ('verdict', 'A verdict is reached'), ('digest', 'A summary of the running tests every Monday')], max_length=16), default=experiments.models.notification.default_topics, size=None, verbose_name='topics'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='url',
            field=models.URLField(help_text='An https:// address on the public internet.', max_length=500, verbose_name='address'),
        ),
    ]
