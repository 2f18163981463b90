from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """What the CRO team reads."""

    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"
