"""What an order's customer fields ought to be, as JSON Schema, for the description of the API."""

from typing import Any

TEXT = {"type": "string", "maxLength": 64}
TIME = {"type": "string", "format": "date-time"}
CONSENT: dict[str, Any] = {
    "type": "object",
    "required": ["basis", "at"],
    "properties": {
        "basis": {"enum": ["opt_in", "soft_opt_in", "none"]},
        "at": TIME,
        "wording": TEXT,
        "source": {"type": "string", "maxLength": 32},
    },
}
SHIPMENTS: dict[str, Any] = {
    "type": "array",
    "maxItems": 100,
    "items": {
        "type": "object",
        "required": ["external_id"],
        "properties": {
            "external_id": TEXT,
            "updated_at": TIME,
            "shipped_at": TIME,
            "expected_at": TIME,
            "delivered_at": TIME,
            "tracking_url": {"type": "string", "format": "uri", "maxLength": 500},
        },
    },
}
