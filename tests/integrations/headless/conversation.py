"""``python conversation.py EDGE SECRET_KEY ACCEPTANCE_TOKEN``: a shop's server talks to the edge with the client."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from offerlift_client import Offerlift, OfferliftError


def refusal(call: Callable[[], object]) -> Any:
    try:
        call()
    except OfferliftError as error:
        return [error.status, error.code, error.field]
    return "not refused"


def main(edge: str, secret_key: str, token: str) -> None:
    offerlift = Offerlift(edge, secret_key, decide_timeout_s=5)
    decided = offerlift.decide({"visitor_id": "v_1", "moments": ["cart"]})
    claims = offerlift.redeem(token, "cart-7")
    again = offerlift.redeem(token, "cart-7")
    at = datetime.now(UTC).isoformat()
    accepted = claims["lines"][0]
    line = {
        "sku": accepted["sku"],
        "quantity": 1,
        "price_minor": accepted["price_minor"],
        "acceptance_token": token,
    }
    order: Any = {
        "external_id": "5501",
        "visitor_id": claims["sub"],
        "placed_at": at,
        "updated_at": at,
        "currency": "EUR",
        "subtotal_minor": 990,
        "total_minor": 990,
        "lines": [line],
    }
    receipt = offerlift.send_order(order)
    refused = [
        refusal(lambda: offerlift.redeem(token, "cart-8")),
        refusal(lambda: offerlift.send_order(order | {"currency": "euros"})),
        refusal(lambda: Offerlift(edge, "sk_wrong").decide({"moments": ["cart"]})),
        refusal(lambda: Offerlift("http://127.0.0.1:9", secret_key).decide({"moments": ["cart"]})),
    ]
    said = {"decided": decided, "claims": claims, "again": again, "receipt": receipt, "refused": refused}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
