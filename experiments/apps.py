from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from experiments.validation_words import use_plain_sentences

# Before any form is defined, such as those of the admin: a field keeps the messages that it was made with.
use_plain_sentences()


class ExperimentsConfig(AppConfig):
    """What is tested, who saw what, what came of it."""

    name = "experiments"
    verbose_name = _("Tests, orders, and stores")
    default_auto_field = "django.db.models.BigAutoField"
