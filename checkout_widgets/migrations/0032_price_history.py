"""What products cost before, the terms of offers, and what an item may be compared with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0031_silenced_shoppers'),
        ('experiments', '0074_price_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='PricesRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_order_id', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='offer',
            name='terms',
            field=models.CharField(blank=True, db_default='', default='', help_text='Shown with the offer in every layout: returns, how to cancel, what is included.', max_length=300, verbose_name='terms'),
        ),
        migrations.AddField(
            model_name='offer',
            name='terms_translations',
            field=models.JSONField(blank=True, db_default={}, default=dict, help_text='By language, such as de. Languages that are missing show the terms above.', verbose_name='terms in other languages'),
        ),
        migrations.AddField(
            model_name='offeritem',
            name='reference_minor',
            field=models.BigIntegerField(editable=False, null=True, verbose_name='price that it had'),
        ),
        migrations.CreateModel(
            name='PriceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('price_minor', models.BigIntegerField(verbose_name='price')),
                ('source', models.CharField(choices=[('catalog', 'Catalog'), ('order', 'Order')], max_length=8, verbose_name='source')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='price_changes', to='checkout_widgets.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'price change',
                'verbose_name_plural': 'price changes',
                'indexes': [models.Index(condition=models.Q(('source', 'order')), fields=['at'], name='price_change_of_orders')],
                'constraints': [models.UniqueConstraint(fields=('product', 'at', 'source', 'price_minor'), name='one_price_per_product_and_time')],
            },
        ),
    ]
