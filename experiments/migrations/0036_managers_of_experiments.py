"""Which manager of experiments leaves holdouts out; the database stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0035_plainer_labels")]
    operations = [
        migrations.AlterModelOptions(
            name="experiment",
            options={
                "base_manager_name": "with_holdouts",
                "default_manager_name": "with_holdouts",
                "ordering": ("-created_at",),
            },
        ),
        migrations.AlterModelManagers(name="experiment", managers=[("with_holdouts", models.Manager())]),
    ]
