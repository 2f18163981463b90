"""Whether a test's variants don't differ: a column of a small table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0054_estimates_and_methods'),
    ]

    operations = [
        migrations.AddField(
            model_name='experiment',
            name='is_aa_test',
            field=models.BooleanField(db_default=False, default=False, help_text="The variants don't differ: the test checks the setup and teaches nothing about effects.", verbose_name='A/A test'),
        ),
    ]
