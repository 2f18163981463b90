"""Names and help texts of fields in plain words: the state alone, no statement for the database."""

import django.core.validators
import django.db.models.deletion
import experiments.models.years
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0013_refused_tokens'),
        ('experiments', '0034_webhook_target_permissions'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='connection',
            options={'ordering': ('store', 'kind'), 'verbose_name': 'connection', 'verbose_name_plural': 'connections'},
        ),
        migrations.AlterModelOptions(
            name='delivery',
            options={'ordering': ('-received_at',), 'verbose_name': 'delivery', 'verbose_name_plural': 'deliveries'},
        ),
        migrations.AlterModelOptions(
            name='offer',
            options={'ordering': ('name',), 'verbose_name': 'offer', 'verbose_name_plural': 'offers'},
        ),
        migrations.AlterModelOptions(
            name='offeritem',
            options={'ordering': ('position', 'id'), 'verbose_name': 'product in an offer', 'verbose_name_plural': 'products in an offer'},
        ),
        migrations.AlterModelOptions(
            name='offertier',
            options={'ordering': ('quantity',), 'verbose_name': 'tier', 'verbose_name_plural': 'tiers'},
        ),
        migrations.AlterModelOptions(
            name='product',
            options={'ordering': ('title',), 'verbose_name': 'product', 'verbose_name_plural': 'products'},
        ),
        migrations.AlterModelOptions(
            name='widget',
            options={'verbose_name': 'widget', 'verbose_name_plural': 'widgets'},
        ),
        migrations.AlterField(
            model_name='connection',
            name='is_active',
            field=models.BooleanField(default=True, help_text='If off, Offerlift refuses everything that the shop delivers.', verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='kind',
            field=models.CharField(choices=[('shopify', 'Shopify'), ('woocommerce', 'WooCommerce')], max_length=16, verbose_name='shop system'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='previous_secret_expires_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='previous secret is valid until'),
        ),
        migrations.AlterField(
            model_name='connection',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='connections', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='connection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='checkout_widgets.connection', verbose_name='connection'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='error',
            field=models.TextField(blank=True, help_text='Why it failed or was ignored', verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='external_id',
            field=models.CharField(blank=True, max_length=64, verbose_name="shop's delivery ID"),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='finished_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='finished at'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='order_external_id',
            field=models.CharField(blank=True, max_length=64, verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='received_at',
            field=models.DateTimeField(verbose_name='received at'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='status',
            field=models.CharField(choices=[('pending', 'Waiting'), ('done', 'Done'), ('ignored', 'Ignored'), ('failed', 'Will be tried again'), ('dead', 'Given up')], default='pending', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='topic',
            field=models.CharField(max_length=64, verbose_name='topic'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='billing_period',
            field=models.CharField(blank=True, choices=[('', 'Once'), ('week', 'Every week'), ('month', 'Every month'), ('year', 'Every year')], default='', help_text='For subscriptions', max_length=8, verbose_name='billing period'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='compare_at_minor',
            field=models.BigIntegerField(blank=True, help_text='What the items cost without the offer. Shown only if it is higher than the price.', null=True, verbose_name='compare-at price'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='currency',
            field=models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Enter an ISO 4217 currency code, such as EUR.')], verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True, validators=[experiments.models.years.validate_year], verbose_name='ends at'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='on sale'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='key',
            field=models.SlugField(max_length=64, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='kind',
            field=models.CharField(choices=[('cross_sell', 'Cross-sell'), ('upgrade', 'Upgrade'), ('bundle', 'Bundle'), ('quantity_break', 'Quantity break'), ('protection_plan', 'Protection plan'), ('expedited_shipping', 'Expedited shipping'), ('insurance', 'Insurance'), ('subscription', 'Subscription'), ('discount', 'Discount'), ('onboarding', 'Onboarding')], default='cross_sell', max_length=32, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='name',
            field=models.CharField(max_length=200, verbose_name='name'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='price_minor',
            field=models.BigIntegerField(help_text='For all items together', validators=[django.core.validators.MinValueValidator(0)], verbose_name='price'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='replaces',
            field=models.ForeignKey(blank=True, help_text='The product in the cart that an upgrade replaces', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='upgrades', to='checkout_widgets.product', verbose_name='replaces'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True, validators=[experiments.models.years.validate_year], verbose_name='starts at'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='stock_limit',
            field=models.PositiveIntegerField(blank=True, help_text='How many can be sold in all. A tier of 3 counts as 3.', null=True, verbose_name='sales limit'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='offeritem',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='checkout_widgets.offer', verbose_name='offer'),
        ),
        migrations.AlterField(
            model_name='offeritem',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='offeritem',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offer_items', to='checkout_widgets.product', verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='offeritem',
            name='quantity',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='quantity'),
        ),
        migrations.AlterField(
            model_name='offertier',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='checkout_widgets.offer', verbose_name='offer'),
        ),
        migrations.AlterField(
            model_name='offertier',
            name='price_minor',
            field=models.BigIntegerField(help_text='For all of them together', validators=[django.core.validators.MinValueValidator(0)], verbose_name='price'),
        ),
        migrations.AlterField(
            model_name='offertier',
            name='quantity',
            field=models.PositiveSmallIntegerField(help_text="How many times the offer's items", validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(1000)], verbose_name='quantity'),
        ),
        migrations.AlterField(
            model_name='product',
            name='category',
            field=models.CharField(blank=True, max_length=64, verbose_name='category'),
        ),
        migrations.AlterField(
            model_name='product',
            name='cost_minor',
            field=models.BigIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='cost'),
        ),
        migrations.AlterField(
            model_name='product',
            name='currency',
            field=models.CharField(max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Enter an ISO 4217 currency code, such as EUR.')], verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='product',
            name='description',
            field=models.TextField(blank=True, verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='product',
            name='external_id',
            field=models.CharField(blank=True, help_text='What is added to the cart: a Shopify variant ID, a WooCommerce product or variation ID', max_length=64, verbose_name='ID in the shop system'),
        ),
        migrations.AlterField(
            model_name='product',
            name='image_url',
            field=models.URLField(blank=True, max_length=500, verbose_name='image URL'),
        ),
        migrations.AlterField(
            model_name='product',
            name='is_active',
            field=models.BooleanField(default=True, verbose_name='on sale'),
        ),
        migrations.AlterField(
            model_name='product',
            name='price_minor',
            field=models.BigIntegerField(validators=[django.core.validators.MinValueValidator(0)], verbose_name='price'),
        ),
        migrations.AlterField(
            model_name='product',
            name='sku',
            field=models.CharField(max_length=64, verbose_name='SKU'),
        ),
        migrations.AlterField(
            model_name='product',
            name='stock',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='stock'),
        ),
        migrations.AlterField(
            model_name='product',
            name='store',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='products', to='experiments.store', verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='product',
            name='title',
            field=models.CharField(max_length=200, verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='accept_label',
            field=models.CharField(default='Add for {price}', max_length=60, verbose_name='accept button text'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='body',
            field=models.CharField(blank=True, max_length=500, verbose_name='body'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='comparison',
            field=models.JSONField(blank=True, default=dict, verbose_name='comparison'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='decline_label',
            field=models.CharField(default='No thanks', max_length=60, verbose_name='decline button text'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='headline',
            field=models.CharField(max_length=120, verbose_name='headline'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='layout',
            field=models.CharField(choices=[('card', 'Inline card'), ('line', 'Compact line'), ('bump', 'Checkbox'), ('bundle', 'Bundle'), ('comparison', 'Comparison of two versions'), ('quantity_break', 'Quantity break'), ('free_shipping', 'Free-shipping progress'), ('dialog', 'Dialog')], default='card', max_length=16, verbose_name='layout'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='widgets', to='checkout_widgets.offer', verbose_name='offer'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='phone_layout',
            field=models.CharField(blank=True, choices=[('card', 'Inline card'), ('line', 'Compact line'), ('bump', 'Checkbox'), ('bundle', 'Bundle'), ('comparison', 'Comparison of two versions'), ('quantity_break', 'Quantity break'), ('free_shipping', 'Free-shipping progress'), ('dialog', 'Dialog')], help_text='Leave it empty to use the same layout.', max_length=16, verbose_name='layout on phones'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='reason',
            field=models.CharField(blank=True, help_text='Why this product fits this cart', max_length=200, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='social_proof',
            field=models.CharField(blank=True, max_length=200, verbose_name='social proof'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='terms_label',
            field=models.CharField(blank=True, help_text='Leave it empty to show "Terms" in the shopper\'s language.', max_length=60, verbose_name='terms link text'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='terms_url',
            field=models.URLField(blank=True, max_length=500, verbose_name='terms URL'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='theme',
            field=models.JSONField(blank=True, default=dict, verbose_name='look'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='translations',
            field=models.JSONField(blank=True, default=dict, verbose_name='languages'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='updated at'),
        ),
        migrations.AlterField(
            model_name='widget',
            name='variant',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='widget', to='experiments.variant', verbose_name='variant'),
        ),
    ]
