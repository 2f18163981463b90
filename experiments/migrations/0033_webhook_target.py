"""``Endpoint`` becomes ``WebhookTarget``: an endpoint is one of the edge's own.

The table keeps its name, so that nothing in the database changes and processes of both releases can use it while an
upgrade runs. Django renames the row of the content type with the model: what refers to it still resolves.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("experiments", "0032_webhook_attempts"),
    ]

    operations = [
        migrations.AlterModelTable(name="endpoint", table="experiments_endpoint"),
        migrations.RenameModel(old_name="Endpoint", new_name="WebhookTarget"),
        migrations.AlterModelOptions(
            name="webhooktarget",
            options={
                "ordering": ("store", "url"),
                "verbose_name": "webhook target",
                "verbose_name_plural": "webhook targets",
            },
        ),
        migrations.AlterField(
            model_name="webhooktarget",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="webhook_targets", to="experiments.store"
            ),
        ),
    ]
