"""JSON that the database can store: it has no NaN, no infinities, no NUL characters and no lone surrogates."""

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from unfold.widgets import UnfoldAdminTextareaWidget

NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")


class StorableJSONField(forms.JSONField):
    """A form's JSON field with a field error for whatever the database would refuse."""

    def to_python(self, value: Any) -> Any:
        """The parsed value; raises ``ValidationError``."""
        try:
            parsed = super().to_python(value)
            text = json.dumps(parsed, ensure_ascii=False, allow_nan=False)
            text.encode()
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value}) from error
        if NUL.search(text):
            raise ValidationError("Leave out the NUL character (\\u0000).", code="nul")
        return parsed


JSON_OVERRIDES = {
    models.JSONField: {"form_class": StorableJSONField, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})}
}
