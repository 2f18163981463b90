"""Permissions to see and change endpoints become those of webhook targets, for whoever has them."""

from django.db import migrations

ACTIONS = ("add", "change", "delete", "view")


def rename_permissions(apps, schema_editor):
    """Rename the rows, so that users and groups keep what they were given; a fresh database has none yet."""
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="experiments", content_type__model="webhooktarget"
    )
    for action in ACTIONS:
        given = permissions.filter(codename=f"{action}_endpoint")
        if not given.exists():
            continue
        # Django made a new one, that nobody has, if somebody migrated to 0033 only and then to this one.
        permissions.filter(codename=f"{action}_webhooktarget").delete()
        given.update(codename=f"{action}_webhooktarget", name=f"Can {action} webhook target")


def restore_permissions(apps, schema_editor):
    """Give the rows their old names."""
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="experiments")
    for action in ACTIONS:
        permissions.filter(codename=f"{action}_webhooktarget").update(
            codename=f"{action}_endpoint", name=f"Can {action} endpoint"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("experiments", "0033_webhook_target"),
    ]

    operations = [
        migrations.RunPython(rename_permissions, restore_permissions),
    ]
