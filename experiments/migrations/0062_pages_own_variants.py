"""Variants that the page shows itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("experiments", "0061_custom_metric_triggers"),
    ]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="is_page_own",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The page shows it: Offerlift only tells the page which variant it is.",
                verbose_name="the page's own",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="description",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the page shows in this variant.",
                max_length=500,
                verbose_name="description",
            ),
        ),
    ]
