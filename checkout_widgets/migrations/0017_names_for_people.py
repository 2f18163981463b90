"""What people call the fields and tables: the state alone, no statement for the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0016_versions_of_stores'),
        ('experiments', '0038_names_for_people'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='acceptance',
            options={'ordering': ('-accepted_at',), 'verbose_name': 'acceptance', 'verbose_name_plural': 'acceptances'},
        ),
        migrations.AlterModelOptions(
            name='configurationversion',
            options={'verbose_name': 'configuration version', 'verbose_name_plural': 'configuration versions'},
        ),
        migrations.AlterModelOptions(
            name='refusedtokens',
            options={'verbose_name': 'count of refused tokens', 'verbose_name_plural': 'counts of refused tokens'},
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='accepted_at',
            field=models.DateTimeField(verbose_name='accepted at'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='experiment_key',
            field=models.CharField(max_length=64, verbose_name='test key'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='expires_at',
            field=models.DateTimeField(verbose_name='expires at'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='idempotency_key',
            field=models.CharField(max_length=64, verbose_name='idempotency key'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='jti',
            field=models.UUIDField(unique=True, verbose_name='token ID'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='lines',
            field=models.JSONField(verbose_name='lines'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='checkout_widgets.offer', verbose_name='offer'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='quantity',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='quantity'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='redeemed_at',
            field=models.DateTimeField(null=True, verbose_name='redeemed at'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='reference',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='reference'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='replaces',
            field=models.JSONField(null=True, verbose_name='replaces'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='acceptances', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='total_minor',
            field=models.BigIntegerField(verbose_name='total'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='variant_key',
            field=models.CharField(max_length=64, verbose_name='variant key'),
        ),
        migrations.AlterField(
            model_name='acceptance',
            name='visitor_id',
            field=models.CharField(max_length=64, verbose_name='visitor ID'),
        ),
        migrations.AlterField(
            model_name='configurationversion',
            name='version',
            field=models.PositiveBigIntegerField(default=0, verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='created at'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='older_secrets',
            field=models.JSONField(blank=True, db_default=[], default=list, editable=False, verbose_name='older secrets'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='previous_secret',
            field=models.CharField(blank=True, max_length=200, verbose_name='previous secret'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='secret',
            field=models.CharField(max_length=200, verbose_name='secret'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='body',
            field=models.BinaryField(verbose_name='body'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='digest',
            field=models.BinaryField(max_length=32, null=True, verbose_name='SHA-256'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='recent_orders',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='orders of the last 30 days'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='product',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='before',
            field=models.PositiveBigIntegerField(verbose_name='tokens of the three weeks before'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='before_refused',
            field=models.PositiveBigIntegerField(verbose_name='refused tokens of the three weeks before'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='counted_at',
            field=models.DateTimeField(verbose_name='counted at'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='most_common',
            field=models.CharField(blank=True, max_length=16, verbose_name='most common reason'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='recent',
            field=models.PositiveBigIntegerField(verbose_name='tokens of the last week'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='recent_refused',
            field=models.PositiveBigIntegerField(verbose_name='refused tokens of the last week'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='store',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='refused_tokens', to='experiments.store', verbose_name='store'),
        ),
    ]
