"""Product pairs: what a product is, what is bought with what, and what merchandisers say of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0042_deliveries_of_customers'),
        ('experiments', '0083_test_messages'),
    ]

    operations = [
        migrations.CreateModel(
            name='PairsCount',
            fields=[
                ('store', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='pairs_count', serialize=False, to='experiments.store', verbose_name='store')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('counted_at', models.DateTimeField(verbose_name='counted at')),
                ('since', models.DateTimeField(verbose_name='orders since')),
                ('orders', models.PositiveIntegerField(verbose_name='orders')),
                ('products', models.PositiveIntegerField(verbose_name='products with pairs')),
            ],
            options={
                'verbose_name': 'count of product pairs',
                'verbose_name_plural': 'counts of product pairs',
            },
        ),
        migrations.AddField(
            model_name='product',
            name='kind',
            field=models.CharField(choices=[('goods', 'Goods'), ('service', 'Service or fee'), ('gift_card', 'Gift card')], db_default='goods', default='goods', max_length=10, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='ChosenPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(blank=True, default='', max_length=64, verbose_name='category')),
                ('is_banned', models.BooleanField(default=False, verbose_name='never suggested')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('created_by', models.CharField(blank=True, editable=False, max_length=150, verbose_name='created by')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='chosen_pairs', to='checkout_widgets.product', verbose_name='product')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chosen_pairs', to='experiments.store', verbose_name='store')),
                ('suggested', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='checkout_widgets.product', verbose_name='suggested product')),
            ],
            options={
                'verbose_name': 'chosen pair',
                'verbose_name_plural': 'chosen pairs',
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('store', 'product', 'category', 'suggested'), name='one_choice_per_pair', nulls_distinct=False, violation_error_message='This pair is pinned or banned already.'), models.CheckConstraint(condition=models.Q(('product__isnull', True), ('category', ''), _connector='OR'), name='pair_is_of_product_or_category', violation_error_message='Choose a product or a category, not both.'), models.CheckConstraint(condition=models.Q(('is_banned', True), ('product__isnull', False), models.Q(('category', ''), _negated=True), _connector='OR'), name='pinned_pair_is_of_something', violation_error_message='Choose the product or the category that it goes with.')],
            },
        ),
        migrations.CreateModel(
            name='ProductPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('same_order', 'Bought together'), ('later', 'Bought later')], max_length=10, verbose_name='basis')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                ('score', models.FloatField(verbose_name='score')),
                ('count', models.PositiveIntegerField(verbose_name='with both')),
                ('base', models.PositiveIntegerField(verbose_name='with the product')),
                ('customers', models.PositiveIntegerField(verbose_name='customers with both')),
                ('customers_base', models.PositiveIntegerField(verbose_name='customers with the product')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pairs', to='checkout_widgets.product', verbose_name='product')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experiments.store', verbose_name='store')),
                ('suggested', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='checkout_widgets.product', verbose_name='suggested product')),
            ],
            options={
                'verbose_name': 'product pair',
                'verbose_name_plural': 'product pairs',
                'ordering': ('product', 'basis', 'rank'),
                'indexes': [models.Index(fields=['store'], name='pair_store')],
                'constraints': [models.UniqueConstraint(fields=('product', 'basis', 'rank'), name='one_pair_per_product_and_rank'), models.CheckConstraint(condition=models.Q(('count__lte', models.F('base')), ('customers__lte', models.F('customers_base'))), name='pair_count_is_of_its_base')],
            },
        ),
    ]
