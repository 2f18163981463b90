from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0024_possible_years'),
    ]

    operations = [
        # How many days there are: otherwise the planner takes every instant for a group of its own, and sorts millions
        # of exposures that it could add up as it reads them.
        migrations.RunSQL(
            "CREATE STATISTICS exposure_days ON ((exposed_at AT TIME ZONE 'UTC')::date) FROM experiments_exposure",
            "DROP STATISTICS exposure_days",
        ),
    ]
