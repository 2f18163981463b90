from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0029_awaited_cap")]

    operations = [
        migrations.AddField(
            model_name="experiment",
            name="has_told_weights",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Of an imported test: its planned split was told",
            ),
        ),
    ]
