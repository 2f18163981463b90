"""What people call the fields and tables: the state alone, no statement for the database."""

import django.db.models.deletion
import experiments.models.experiment
import experiments.models.notification
import experiments.models.store
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0037_plain_words'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='customersighting',
            options={'verbose_name': 'customer sighting', 'verbose_name_plural': 'customer sightings'},
        ),
        migrations.AlterModelOptions(
            name='decisionday',
            options={'ordering': ('-day', 'moment', 'reason'), 'verbose_name': 'decision count of a day', 'verbose_name_plural': 'decision counts by day'},
        ),
        migrations.AlterModelOptions(
            name='decisionsample',
            options={'verbose_name': 'decision sample', 'verbose_name_plural': 'decision samples'},
        ),
        migrations.AlterModelOptions(
            name='exposure',
            options={'verbose_name': 'exposure', 'verbose_name_plural': 'exposures'},
        ),
        migrations.AlterModelOptions(
            name='exposureday',
            options={'verbose_name': 'exposure sums of a day', 'verbose_name_plural': 'exposure sums by day'},
        ),
        migrations.AlterModelOptions(
            name='orderclaim',
            options={'verbose_name': 'order claim', 'verbose_name_plural': 'order claims'},
        ),
        migrations.AlterModelOptions(
            name='subscription',
            options={'verbose_name': 'subscription', 'verbose_name_plural': 'subscriptions'},
        ),
        migrations.AlterModelOptions(
            name='touchedday',
            options={'verbose_name': 'changed day', 'verbose_name_plural': 'changed days'},
        ),
        migrations.AlterModelOptions(
            name='widgetevent',
            options={'verbose_name': 'widget event', 'verbose_name_plural': 'widget events'},
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='digest',
            field=models.BinaryField(max_length=32, unique=True, verbose_name='SHA-256'),
        ),
        migrations.AlterField(
            model_name='customersighting',
            name='customer_id',
            field=models.CharField(max_length=64, verbose_name='customer ID'),
        ),
        migrations.AlterField(
            model_name='customersighting',
            name='seen_at',
            field=models.DateTimeField(verbose_name='seen at'),
        ),
        migrations.AlterField(
            model_name='customersighting',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='customersighting',
            name='visitor_id',
            field=models.CharField(max_length=64, verbose_name='visitor ID'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='count',
            field=models.PositiveBigIntegerField(verbose_name='count'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='day',
            field=models.DateField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='experiment',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='decision_days', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='first_at',
            field=models.DateTimeField(verbose_name='first asked at'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='last_at',
            field=models.DateTimeField(verbose_name='last asked at'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='moment',
            field=models.CharField(blank=True, choices=[('cart', 'Cart'), ('shipping', 'Shipping'), ('payment', 'Payment'), ('exit_intent', 'Exit intent'), ('confirmation', 'Confirmation'), ('follow_up', 'Follow-up email')], max_length=16, verbose_name='moment'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='reason',
            field=models.CharField(choices=[('served', 'Took part in a test or saw a rolled-out offer'), ('no_consent', 'No consent'), ('bot', 'Bot'), ('holdout', 'In the holdout'), ('capped', 'Offer limit reached'), ('declined_recently', 'Declined recently'), ('friction', 'Payment error, return, or support'), ('out_of_stock', 'Offer not available'), ('not_targeted', "Targeting doesn't match"), ('not_included', 'Outside the traffic share'), ('paused', 'Test paused'), ('no_experiment', 'No test is running'), ('unknown_moment', 'Unknown moment')], max_length=24, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='decisionday',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decision_days', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='decisionsample',
            name='context',
            field=models.JSONField(verbose_name='context'),
        ),
        migrations.AlterField(
            model_name='decisionsample',
            name='day',
            field=models.DateField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='decisionsample',
            name='moment',
            field=models.CharField(choices=[('cart', 'Cart'), ('shipping', 'Shipping'), ('payment', 'Payment'), ('exit_intent', 'Exit intent'), ('confirmation', 'Confirmation'), ('follow_up', 'Follow-up email')], max_length=16, verbose_name='moment'),
        ),
        migrations.AlterField(
            model_name='decisionsample',
            name='rank',
            field=models.FloatField(verbose_name='random rank'),
        ),
        migrations.AlterField(
            model_name='decisionsample',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decision_samples', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='has_told_weights',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='For an imported test: whether its planned split is known.', verbose_name='planned split is known'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='is_cap_awaited',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='cap is awaited'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='previewed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='previewed at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='ramp_step',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='step of the ramp plan'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='ramped_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last ramped at'),
        ),
        migrations.AlterField(
            model_name='experiment',
            name='salt',
            field=models.CharField(default=experiments.models.experiment.new_salt, editable=False, max_length=64, verbose_name='salt of the assignment'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='cart_value_minor',
            field=models.BigIntegerField(null=True, verbose_name='cart value'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='country',
            field=models.CharField(blank=True, max_length=2, verbose_name='country'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='customer_type',
            field=models.CharField(blank=True, max_length=16, verbose_name='customer type'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='device',
            field=models.CharField(blank=True, max_length=16, verbose_name='device'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='experiment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='exposed_at',
            field=models.DateTimeField(verbose_name='exposed at'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='has_accepted',
            field=models.BooleanField(default=False, verbose_name='accepted the offer'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='has_converted',
            field=models.BooleanField(default=False, verbose_name='bought'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='is_automated',
            field=models.BooleanField(db_default=False, default=False, verbose_name='automated browser'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='is_conflicting',
            field=models.BooleanField(default=False, verbose_name='saw several variants'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='items',
            field=models.PositiveIntegerField(default=0, verbose_name='items'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='margin_minor',
            field=models.BigIntegerField(db_default=0, default=0, null=True, verbose_name='margin'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='orders',
            field=models.PositiveIntegerField(default=0, verbose_name='orders'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='prior_order_minor',
            field=models.BigIntegerField(null=True, verbose_name='value of the order before'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='refunded_minor',
            field=models.BigIntegerField(default=0, verbose_name='refunded amount'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='revenue_minor',
            field=models.BigIntegerField(default=0, verbose_name='revenue before refunds'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='segments',
            field=models.JSONField(default=dict, verbose_name='segments'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='trigger_version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='trigger version'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='upsell_minor',
            field=models.BigIntegerField(default=0, verbose_name='upsell revenue'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='variant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='experiments.variant', verbose_name='variant'),
        ),
        migrations.AlterField(
            model_name='exposure',
            name='visitor_id',
            field=models.CharField(max_length=64, verbose_name='visitor ID'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='conflicting',
            field=models.BigIntegerField(verbose_name='visitors who saw several variants'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='day',
            field=models.DateField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='dimension',
            field=models.TextField(blank=True, verbose_name='dimension'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='experiment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='value',
            field=models.TextField(blank=True, verbose_name='value'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='variant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='experiments.variant', verbose_name='variant'),
        ),
        migrations.AlterField(
            model_name='exposureday',
            name='visitors',
            field=models.BigIntegerField(verbose_name='visitors'),
        ),
        migrations.AlterField(
            model_name='order',
            name='deleted_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='deleted at'),
        ),
        migrations.AlterField(
            model_name='order',
            name='discount_minor',
            field=models.BigIntegerField(default=0, verbose_name='discount'),
        ),
        migrations.AlterField(
            model_name='order',
            name='presentment_currency',
            field=models.CharField(blank=True, db_default='', default='', max_length=3, verbose_name="shopper's currency"),
        ),
        migrations.AlterField(
            model_name='order',
            name='presentment_total_minor',
            field=models.BigIntegerField(null=True, verbose_name="total in the shopper's currency"),
        ),
        migrations.AlterField(
            model_name='order',
            name='restored_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='restored at'),
        ),
        migrations.AlterField(
            model_name='order',
            name='sent_status',
            field=models.CharField(blank=True, choices=[('pending', 'Pending'), ('on_hold', 'On hold'), ('paid', 'Paid'), ('cancelled', 'Canceled')], db_default='', default='', editable=False, max_length=16, verbose_name='status as sent'),
        ),
        migrations.AlterField(
            model_name='order',
            name='shipping_minor',
            field=models.BigIntegerField(default=0, verbose_name='shipping'),
        ),
        migrations.AlterField(
            model_name='order',
            name='subtotal_minor',
            field=models.BigIntegerField(verbose_name='subtotal'),
        ),
        migrations.AlterField(
            model_name='order',
            name='tax_minor',
            field=models.BigIntegerField(default=0, verbose_name='tax'),
        ),
        migrations.AlterField(
            model_name='order',
            name='total_minor',
            field=models.BigIntegerField(verbose_name='total'),
        ),
        migrations.AlterField(
            model_name='order',
            name='unclear_until',
            field=models.DateTimeField(editable=False, null=True, verbose_name='counts until'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='claimed_at',
            field=models.DateTimeField(verbose_name='claimed at'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='external_id',
            field=models.CharField(max_length=64, verbose_name='order ID'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='is_verified',
            field=models.BooleanField(default=False, verbose_name='verified'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='total_minor',
            field=models.BigIntegerField(verbose_name='total'),
        ),
        migrations.AlterField(
            model_name='orderclaim',
            name='visitor_id',
            field=models.CharField(max_length=64, verbose_name='visitor ID'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='acceptance_id',
            field=models.UUIDField(editable=False, null=True, verbose_name='acceptance ID'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='cost_minor',
            field=models.BigIntegerField(help_text='Per unit, at the time of the order. Empty if unknown.', null=True, verbose_name='cost'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='discount_minor',
            field=models.BigIntegerField(default=0, help_text="The line's share of the order's discount.", verbose_name='discount'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='price_minor',
            field=models.BigIntegerField(help_text='Per unit, before discounts.', verbose_name='price'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='token_experiment_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64, verbose_name='test key in the token'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='lines',
            field=models.JSONField(default=list, verbose_name='lines'),
        ),
        migrations.AlterField(
            model_name='store',
            name='first_signed_at',
            field=models.DateTimeField(editable=False, help_text='When the shop itself first sent an order.', null=True, verbose_name='first order from the shop at'),
        ),
        migrations.AlterField(
            model_name='store',
            name='older_secret_keys',
            field=models.JSONField(blank=True, db_default=[], default=list, editable=False, verbose_name='older secret keys'),
        ),
        migrations.AlterField(
            model_name='store',
            name='previous_secret_key',
            field=models.CharField(blank=True, max_length=64, verbose_name='previous secret key'),
        ),
        migrations.AlterField(
            model_name='store',
            name='secret_key',
            field=models.CharField(default=experiments.models.store.new_secret_key, max_length=64, unique=True, verbose_name='secret key'),
        ),
        migrations.AlterField(
            model_name='store',
            name='unpaid_left_out_since',
            field=models.DateTimeField(editable=False, help_text="Since when unpaid orders don't count. Empty if they never counted.", null=True, verbose_name="unpaid orders don't count since"),
        ),
        migrations.AlterField(
            model_name='touchedday',
            name='day',
            field=models.DateField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='touchedday',
            name='experiment',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='touched_days', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='webhooktarget',
            name='secret',
            field=models.CharField(default=experiments.models.notification.new_endpoint_secret, editable=False, max_length=64, verbose_name='secret'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='event_id',
            field=models.UUIDField(verbose_name='event ID'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='experiment',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='experiments.experiment', verbose_name='test'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='moment',
            field=models.CharField(blank=True, choices=[('cart', 'Cart'), ('shipping', 'Shipping'), ('payment', 'Payment'), ('exit_intent', 'Exit intent'), ('confirmation', 'Confirmation'), ('follow_up', 'Follow-up email')], max_length=16, verbose_name='moment'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='month',
            field=models.DateField(verbose_name='month'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='occurred_at',
            field=models.DateTimeField(verbose_name='occurred at'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='props',
            field=models.JSONField(default=dict, verbose_name='properties'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='received_at',
            field=models.DateTimeField(verbose_name='received at'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='type',
            field=models.CharField(choices=[('exposure', 'Exposure'), ('impression', 'Impression'), ('click', 'Click'), ('accept', 'Accept'), ('accept_failed', 'Accept failed'), ('decline', 'Decline'), ('skipped', 'Skipped'), ('error', 'Error')], max_length=16, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='variant',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='experiments.variant', verbose_name='variant'),
        ),
        migrations.AlterField(
            model_name='widgetevent',
            name='visitor_id',
            field=models.CharField(max_length=64, verbose_name='visitor ID'),
        ),
    ]
