"""What became of offers by day, and the notes of which days are to be added up again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0022_deliveries_of_connections_by_time'),
        ('experiments', '0055_aa_test'),
    ]

    operations = [
        migrations.CreateModel(
            name='SaleChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('store_id', models.BigIntegerField(verbose_name='store')),
                ('accepted_at', models.DateTimeField(verbose_name='accepted at')),
            ],
            options={
                'verbose_name': 'changed offer sale',
                'verbose_name_plural': 'changed offer sales',
            },
        ),
        migrations.CreateModel(
            name='ShownUntil',
            fields=[
                ('store', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='shown_until', serialize=False, to='experiments.store', verbose_name='store')),
                ('at', models.DateTimeField(verbose_name='counted up to')),
            ],
            options={
                'verbose_name': 'counted offer views',
                'verbose_name_plural': 'counted offer views',
            },
        ),
        migrations.CreateModel(
            name='ShownDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('dimension', models.TextField(blank=True, verbose_name='dimension')),
                ('value', models.TextField(blank=True, verbose_name='value')),
                ('shown', models.BigIntegerField(verbose_name='shown')),
                ('in_cart', models.BigIntegerField(verbose_name='added to the cart')),
                ('declined', models.BigIntegerField(verbose_name='declined')),
                ('decided', models.BigIntegerField(verbose_name='answered')),
                ('decision_ms', models.BigIntegerField(verbose_name='milliseconds to the answer')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shown_days', to='checkout_widgets.offer', verbose_name='offer')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shown_days', to='experiments.store', verbose_name='store')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shown_days', to='experiments.variant', verbose_name='variant')),
            ],
            options={
                'verbose_name': 'daily offer views',
                'verbose_name_plural': 'daily offer views',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('store', 'day', 'dimension', 'value', 'variant', 'offer'), name='one_shown_count_per_day')],
            },
        ),
        migrations.CreateModel(
            name='SoldDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('dimension', models.TextField(blank=True, verbose_name='dimension')),
                ('value', models.TextField(blank=True, verbose_name='value')),
                ('taken', models.BigIntegerField(verbose_name='taken')),
                ('bought', models.BigIntegerField(verbose_name='bought')),
                ('revenue_minor', models.BigIntegerField(verbose_name='revenue before refunds')),
                ('refunded_minor', models.BigIntegerField(verbose_name='refunded amount')),
                ('cost_minor', models.BigIntegerField(verbose_name='cost')),
                ('unknown_costs', models.BigIntegerField(verbose_name='lines without a cost')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sold_days', to='checkout_widgets.offer', verbose_name='offer')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sold_days', to='experiments.store', verbose_name='store')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sold_days', to='experiments.variant', verbose_name='variant')),
            ],
            options={
                'verbose_name': 'daily offer sales',
                'verbose_name_plural': 'daily offer sales',
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('store', 'day', 'dimension', 'value', 'variant', 'offer'), name='one_sold_count_per_day')],
            },
        ),
    ]
