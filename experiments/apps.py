from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    """What is tested, who saw what, what came of it."""

    name = "experiments"
    verbose_name = "Tests, orders and stores"
    default_auto_field = "django.db.models.BigAutoField"
