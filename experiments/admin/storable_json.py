"""JSON that the database can store: it has no NaN, no infinities, no NUL characters and no lone surrogates."""

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext as _

NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")


class StorableJSONField(forms.JSONField):
    """A form's JSON field with a field error for whatever the database would refuse."""

    def to_python(self, value: Any) -> Any:
        """Return the parsed value. Raises ``ValidationError``."""
        try:
            parsed = super().to_python(value)
            text = json.dumps(parsed, ensure_ascii=False, allow_nan=False)
            text.encode()
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value}) from error
        if NUL.search(text):
            raise ValidationError(_("Remove the NUL character (\\u0000): it can't be stored."), code="nul")
        return parsed

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what is shown again: the parsed value, or the text as it was typed where that can't be stored."""
        try:
            return self.to_python(data)
        except ValidationError:
            return InvalidJSONInput(data)
