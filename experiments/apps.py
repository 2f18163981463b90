from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExperimentsConfig(AppConfig):
    """What is tested, who saw what, what came of it."""

    name = "experiments"
    verbose_name = _("Tests, orders, and stores")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say in plain sentences what is wrong with what somebody enters, in all apps."""
        # Forms can be imported only once settings are ready.
        from experiments.validation_words import use_plain_sentences

        use_plain_sentences()
