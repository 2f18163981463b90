"""What a store asks of compare-at prices, and whether it says when a price is personal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0073_long_outcome_triggers'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='compare_at_rule',
            field=models.CharField(choices=[('has_been', 'A price of the last 90 days'), ('lowest', 'At most the lowest price of the last 30 days (EU)')], db_default='has_been', default='has_been', help_text='What a compare-at price must have been. Stores that sell to consumers in the EU need the lowest price of the 30 days before the reduction (Directive 98/6/EC, Article 6a).', max_length=8, verbose_name='compare-at prices'),
        ),
        migrations.AddField(
            model_name='store',
            name='is_personal_price_marked',
            field=models.BooleanField(db_default=False, default=False, help_text="If on, an offer whose price other shoppers don't get says so. EU law asks for it where an automated decision sets the price (Directive 2011/83/EU, Article 6(1)(ea)).", verbose_name='say when a price is personal'),
        ),
    ]
