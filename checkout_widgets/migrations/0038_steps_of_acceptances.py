"""At which step of a sequence an offer was accepted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0037_second_offers")]
    operations = [
        migrations.AddField(
            model_name="acceptance",
            name="step",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=8, verbose_name="step"
            ),
        ),
    ]
