from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0014_stages'),
    ]

    operations = [
        migrations.AddField(
            model_name='sendpoint',
            name='pairs',
            field=models.JSONField(blank=True, null=True, verbose_name='product pairs'),
        ),
        migrations.AlterField(
            model_name='sendpoint',
            name='verdict',
            field=models.CharField(choices=[('send', 'Sent'), ('control', 'Control'), ('store_holdout', "In the store's holdout"), ('message_holdout', 'In the message holdout'), ('no_address', 'No address'), ('no_consent', 'No consent'), ('suppressed', 'Unsubscribed, or the address bounced'), ('friction', 'Open return, ticket, or other problem'), ('ordered_recently', 'Ordered again recently'), ('declined', 'Declined an offer on the site'), ('capped', 'Weekly message limit reached'), ('owned', 'Already owns the product'), ('offer_closed', 'The offer has ended'), ('no_pair', 'Nothing goes with the order'), ('out_of_stock', 'Out of stock'), ('claim_untrue', 'The message is out of date'), ('not_met', "The step's condition isn't met"), ('exit_ordered', 'Left the journey: ordered again'), ('exit_undone', 'Left the journey: the order was canceled or refunded'), ('exit_answered', 'Left the journey: answered the question'), ('exit_accepted', 'Left the journey: accepted an offer'), ('exit_contract', 'Left the journey: the contract was canceled or renewed'), ('test_ended', "The step's test has ended without a winner"), ('not_included', "Not in the test's share of traffic"), ('journey_ended', 'The journey has ended'), ('no_hours', "All of the step's hours are quiet hours"), ('too_late', 'Too late to send')], max_length=20, verbose_name='verdict'),
        ),
    ]
