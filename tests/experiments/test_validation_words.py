"""What Django says of values, in plain sentences."""

import inspect
from collections.abc import Iterator

import pytest
from django import forms
from django.core import validators
from django.core.exceptions import ValidationError

PARAMETERS = {"limit_value": 2, "show_value": 3, "offset": 0, "value": "x", "max": 2}


def messages_of_fields() -> Iterator[str]:
    """What all of Django's form fields say of a value."""
    for _name, field in inspect.getmembers(forms, inspect.isclass):
        for code, message in getattr(field, "default_error_messages", {}).items():
            if code != "max_length":  # of a file's name, of which nobody enters one
                yield str(message)


def messages_of_limits() -> Iterator[str]:
    """What all of Django's validators with a limit say of a value, but for the one that none of ours uses."""
    for _name, validator in inspect.getmembers(validators, inspect.isclass):
        if issubclass(validator, validators.BaseValidator) and validator is not validators.BaseValidator:
            yield validator.message % PARAMETERS


def test_no_message_of_django_asks_to_ensure_or_speaks_of_valid_choices():
    said = [*messages_of_fields(), *messages_of_limits()]
    assert len(said) > 20
    assert [text for text in said if "Ensure" in text or "valid choice" in text] == []


@pytest.mark.parametrize(
    ("validator", "value", "said"),
    [
        (validators.MaxValueValidator(90), 91, "Enter 90 or less."),
        (validators.MinValueValidator(0), -1, "Enter 0 or more."),
        (validators.MaxLengthValidator(3), "four", "Use 3 characters at most. These are 4."),
        (validators.MaxLengthValidator(1), "ab", "Use 1 character at most. These are 2."),
        (validators.MinLengthValidator(3), "no", "Use at least 3 characters. These are 2."),
        (validators.StepValueValidator(5), 7, "Enter a multiple of 5."),
    ],
)
def test_validator_says_what_to_enter_instead(validator, value, said):
    with pytest.raises(ValidationError) as error:
        validator(value)
    assert error.value.messages == [said]


def test_field_of_decimals_says_how_many():
    field = forms.DecimalField(max_digits=4, decimal_places=2)
    for typed, said in (("1.234", "Enter 2 decimals at most."), ("12345", "Enter 4 digits at most.")):
        with pytest.raises(ValidationError) as error:
            field.clean(typed)
        assert said in error.value.messages


def test_choice_that_is_gone_is_named_so():
    with pytest.raises(ValidationError) as error:
        forms.ChoiceField(choices=[("a", "A")]).clean("b")
    assert error.value.messages == ["This choice isn't available. Choose one from the list."]
