from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExperimentsConfig(AppConfig):
    """What is tested, who saw what, what came of it."""

    name = "experiments"
    verbose_name = _("Tests, orders, and stores")
    default_auto_field = "django.db.models.BigAutoField"
