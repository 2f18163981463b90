"""What Django says of a value that can't be taken, in plain sentences: what to enter instead.

Its own words ("Ensure this value is less than or equal to 90.") are set once for all forms, models and files.
"""

from typing import Any

from django.core import validators
from django.forms import fields, models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

CHOOSE = _("This choice isn't available. Choose one from the list.")
VALIDATORS: dict[Any, Any] = {
    validators.MaxValueValidator: _("Enter %(limit_value)s or less."),
    validators.MinValueValidator: _("Enter %(limit_value)s or more."),
    validators.MaxLengthValidator: ngettext_lazy(
        "Use %(limit_value)d character at most. These are %(show_value)d.",
        "Use %(limit_value)d characters at most. These are %(show_value)d.",
        "limit_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "Use at least %(limit_value)d character. These are %(show_value)d.",
        "Use at least %(limit_value)d characters. These are %(show_value)d.",
        "limit_value",
    ),
    validators.StepValueValidator: _("Enter a multiple of %(limit_value)s."),
}
DIGITS: dict[str, Any] = {
    "max_digits": ngettext_lazy(
        "Enter %(max)s digit at most.",
        "Enter %(max)s digits at most.",
        "max",
    ),
    "max_decimal_places": ngettext_lazy(
        "Enter %(max)s decimal at most.",
        "Enter %(max)s decimals at most.",
        "max",
    ),
    "max_whole_digits": ngettext_lazy(
        "Enter %(max)s digit at most before the decimal point.",
        "Enter %(max)s digits at most before the decimal point.",
        "max",
    ),
}


def use_plain_sentences() -> None:
    """Put the sentences in the place of Django's own. A validator or field with words of its own keeps them."""
    for validator, sentence in VALIDATORS.items():
        validator.message = sentence
    validators.DecimalValidator.messages |= DIGITS
    choices: tuple[Any, ...] = (
        fields.ChoiceField,
        fields.MultipleChoiceField,
        models.ModelChoiceField,
        models.ModelMultipleChoiceField,
    )
    for field in choices:
        field.default_error_messages["invalid_choice"] = CHOOSE
