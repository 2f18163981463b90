from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """What the CRO team reads."""

    name = "dashboard"
