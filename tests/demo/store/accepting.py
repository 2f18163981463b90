"""An accepted offer, as the demo store's cart gets it."""

import json
import time
from typing import Any

import jwt
from django.test import Client

from experiments.models import Store


def acceptance(store: Store, *, key: str | None = None, **claims: Any) -> str:
    """A token as the edge signs it: a cup for 70 pence."""
    now = int(time.time())
    body = {
        "iss": "offerlift",
        "aud": store.slug,
        "jti": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11",
        "iat": now,
        "exp": now + 1800,
        "sub": "v_1",
        "experiment": "cart-accessory",
        "variant": "with-reason",
        "offer": "cup",
        "currency": "GBP",
        "total_minor": 70,
        "lines": [{"sku": "21238", "quantity": 1, "price_minor": 70}],
    }
    return jwt.encode(body | claims, key or store.secret_key, algorithm="HS256")


def accept(shopper: Client, token: object) -> Any:
    return shopper.post("/demo/cart/accept/", json.dumps({"acceptance_token": token}), content_type="application/json")
