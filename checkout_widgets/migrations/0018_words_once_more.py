"""What people read of fields and tables, reworded: the state alone, no statement for the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout_widgets', '0017_names_for_people'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='configurationversion',
            options={'verbose_name': "version of the edge's configuration", 'verbose_name_plural': "versions of the edge's configuration"},
        ),
        migrations.AlterModelOptions(
            name='refusedtokens',
            options={'verbose_name': 'count of rejected tokens', 'verbose_name_plural': 'counts of rejected tokens'},
        ),
        migrations.AlterModelOptions(
            name='storeversion',
            options={'verbose_name': "version of a store's configuration", 'verbose_name_plural': "versions of stores' configurations"},
        ),
        migrations.AlterField(
            model_name='connection',
            name='is_active',
            field=models.BooleanField(default=True, help_text='If off, all deliveries from the shop are rejected.', verbose_name='active'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='before_refused',
            field=models.PositiveBigIntegerField(verbose_name='rejected tokens of the three weeks before'),
        ),
        migrations.AlterField(
            model_name='refusedtokens',
            name='recent_refused',
            field=models.PositiveBigIntegerField(verbose_name='rejected tokens of the last week'),
        ),
        migrations.AlterField(
            model_name='storeversion',
            name='store_id',
            field=models.BigIntegerField(primary_key=True, serialize=False, verbose_name='store'),
        ),
        migrations.AlterField(
            model_name='storeversion',
            name='version',
            field=models.PositiveBigIntegerField(db_index=True, verbose_name='version'),
        ),
    ]
