"""Offers of what goes with the cart, and the lists of pairs that edges take."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0046_time_in_view'),
        ('experiments', '0091_would_show_of_exposures'),
    ]

    operations = [
        migrations.CreateModel(
            name='PairLists',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('content', models.BinaryField(default=b'', verbose_name='content')),
            ],
            options={
                'verbose_name': 'lists of product pairs',
                'verbose_name_plural': 'lists of product pairs',
            },
        ),
        migrations.AddField(
            model_name='offer',
            name='pair_discount',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Off the catalog's price of a pair. Everybody who gets the offer pays the same price.", validators=[django.core.validators.MaxValueValidator(90)], verbose_name='discount in percent'),
        ),
        migrations.AddField(
            model_name='offer',
            name='pair_source',
            field=models.CharField(blank=True, choices=[('', 'Pinned, then counted'), ('pinned', 'Pinned only'), ('counted', 'Counted only')], db_default='', default='', max_length=7, verbose_name='pairs from'),
        ),
        migrations.AddField(
            model_name='offer',
            name='pairing',
            field=models.CharField(blank=True, choices=[('', 'Fixed products'), ('best', 'The best pair'), ('second', 'The second-best pair'), ('both', 'The best two pairs')], db_default='', default='', help_text="Fixed products, or what goes best with each shopper's cart.", max_length=6, verbose_name='sells'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('pairing', ''), models.Q(('billing_period', ''), ('compare_at_minor__isnull', True), ('kind', 'cross_sell'), ('price_minor', 0), ('replaces__isnull', True)), _connector='OR'), name='offer_of_pairs_is_a_plain_cross_sell', violation_error_message="An offer of pairs is a cross-sell at the catalog's prices. Choose Cross-sell, and leave price, compare-at price, billing period, and the replaced product empty."),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pairing', ''), _negated=True), models.Q(('pair_discount', 0), ('pair_source', '')), _connector='OR'), name='offer_of_fixed_products_has_no_pair_settings', violation_error_message='The source of pairs and their discount are for offers of pairs. Clear them, or choose a pair.'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('pair_discount__lte', 90)), name='offer_pair_discount_is_at_most_90'),
        ),
        migrations.AddField(
            model_name='pairlists',
            name='store',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='pair_lists', to='experiments.store', verbose_name='store'),
        ),
    ]
