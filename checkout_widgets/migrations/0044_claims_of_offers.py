"""What may be claimed of an offer: a share of owners, as counted, and what a customer said."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0043_product_pairs'),
        ('experiments', '0085_untrue_claims'),
    ]

    operations = [
        migrations.AddField(
            model_name='offer',
            name='owners',
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name='owners'),
        ),
        migrations.AddField(
            model_name='offer',
            name='owners_with',
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name='owners who also bought'),
        ),
        migrations.AddField(
            model_name='offer',
            name='quote_date',
            field=models.DateField(blank=True, null=True, verbose_name='when it was said'),
        ),
        migrations.AddField(
            model_name='offer',
            name='quote_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='who said it'),
        ),
        migrations.AddField(
            model_name='offer',
            name='quote_source',
            field=models.CharField(blank=True, db_default='', default='', help_text='Such as a review site', max_length=120, verbose_name='where it was said'),
        ),
        migrations.AddField(
            model_name='offer',
            name='quote_text',
            field=models.CharField(blank=True, db_default='', default='', help_text='What a customer said, for {quote} in the words. Empty it, and widgets and messages leave it out.', max_length=300, verbose_name='quote'),
        ),
        migrations.AddField(
            model_name='offer',
            name='share_of',
            field=models.ForeignKey(blank=True, db_index=False, help_text="For {share}, {share_count} and {share_base} in the words: how many customers who bought this product also bought the offer's. Counted every day.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='checkout_widgets.product', verbose_name='bought by owners of'),
        ),
        migrations.AddField(
            model_name='offer',
            name='untrue_claims',
            field=models.JSONField(db_default=[], default=list, editable=False, verbose_name="claims that aren't true"),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('quote_text', ''), models.Q(models.Q(('quote_name', ''), _negated=True), models.Q(('quote_source', ''), _negated=True), ('quote_date__isnull', False)), _connector='OR'), name='offer_quote_has_name_source_and_date'),
        ),
    ]
