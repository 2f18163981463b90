"""``GET /v1/openapi.json``: the edge API as OpenAPI 3.1, made from the very types that its endpoints read and write.

What an endpoint takes is described by its body's struct (``payloads.py``), so that the description can't say anything
else than what is checked. Clients are generated from it, and the tests call the edge by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from django.conf import settings

from checkout_widgets.edge import answers, payloads
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.connections import ConnectionAnswer, ConnectionBody
from checkout_widgets.edge.convert import Converted
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.events import EventsReceipt
from checkout_widgets.edge.missing import MissingAnswer, MissingBody
from checkout_widgets.edge.orders import OrderReceipt
from checkout_widgets.edge.previews.answer import PreviewAnswer
from checkout_widgets.edge.question_answers import Answered
from checkout_widgets.edge.visitors import SUBJECTS, VisitorBody, VisitorErasure, VisitorExport

REFERENCE = "#/components/schemas/{name}"
SECRET_KEY: dict[str, list[str]] = {"secretKey": []}
PUBLIC_KEY: dict[str, list[str]] = {}  # in the body or in the query: no header to declare
REFUSALS = {
    400: "The body isn't JSON, a field isn't valid, or this host isn't allowed.",
    401: "The key belongs to no store, or a token doesn't verify.",
    403: "The calling page's origin isn't one of the store's.",
    405: "Another method than the documented one.",
    409: "The offer can't be had, the acceptance was redeemed, the question is over, or another site is connected.",
    413: "The body is too large.",
    429: "Too many calls from this address. Retry-After says when to come again.",
    503: "The database is away, and nothing was stored. Retry-After says when to come again.",
}
CONTENTS: tuple[type[msgspec.Struct], ...] = (answers.WidgetContent, answers.QuestionContent)  # of a decision
OF_ALL = (400, 401, 405, 413, 503)
OF_PAGES = (*OF_ALL, 403, 429)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One endpoint: ``body`` and ``answer`` are its structs, ``refusals`` the statuses that it refuses with."""

    path: str
    summary: str
    answer: type[msgspec.Struct]
    body: type[msgspec.Struct] | None = None
    method: str = "post"
    refusals: tuple[int, ...] = OF_PAGES
    security: tuple[Mapping[str, list[str]], ...] = (PUBLIC_KEY, SECRET_KEY)
    parameters: list[dict[str, Any]] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """Return the operation as OpenAPI's Operation Object."""
        operation: dict[str, Any] = {
            "operationId": self.path.removeprefix("/v1/").replace("/", "_"),
            "summary": self.summary,
            "security": [dict(scheme) for scheme in self.security],
            "responses": {"200": json_response("The answer.", self.answer)},
        }
        for status in sorted(self.refusals):
            operation["responses"][str(status)] = json_response(REFUSALS[status], answers.RefusalAnswer)
        if self.parameters:
            operation["parameters"] = self.parameters
        if self.body:
            operation["requestBody"] = {"required": True, "content": json_content(self.body)}
        return operation


KEY_IN_QUERY = {
    "name": "key",
    "in": "query",
    "description": "The store's public key, unless the secret key is sent.",
    "schema": {"type": "string", "maxLength": 64},
}
OPERATIONS = [
    Operation(
        path="/v1/decide",
        summary="What to show this visitor now, at each of the moments asked for",
        body=payloads.DecideBody,
        answer=PreviewAnswer,
    ),
    Operation(
        path="/v1/moments",
        method="get",
        summary="The moments at which somebody can get an offer now",
        answer=answers.MomentsAnswer,
        parameters=[KEY_IN_QUERY],
    ),
    Operation(
        path="/v1/events",
        summary="What widgets report",
        body=payloads.EventsBody,
        answer=EventsReceipt,
    ),
    Operation(
        path="/v1/accept",
        summary="Accept an offer that a decision showed",
        body=payloads.AcceptBody,
        answer=answers.AcceptAnswer,
        refusals=(*OF_PAGES, 409),
    ),
    Operation(
        path="/v1/answers",
        summary="A visitor's answer to the store's question on the confirmation page",
        body=payloads.AnswerBody,
        answer=Answered,
        refusals=(*OF_PAGES, 409),
    ),
    Operation(
        path="/v1/acceptances/redeem",
        summary="Verify an acceptance on the store's server, and use it up",
        body=payloads.RedeemBody,
        answer=answers.RedeemAnswer,
        refusals=(*OF_ALL, 409),
        security=(SECRET_KEY,),
    ),
    Operation(
        path="/v1/orders",
        summary="An order as it is now, from the store's server",
        body=payloads.OrderBody,
        answer=OrderReceipt,
        refusals=OF_ALL,
        security=(SECRET_KEY,),
    ),
    Operation(
        path="/v1/convert",
        summary="Whose an order is, from the confirmation page",
        body=payloads.ConvertBody,
        answer=Converted,
    ),
    Operation(
        path="/v1/connections/woocommerce",
        summary="Connect a WooCommerce shop's webhooks, from its plugin",
        body=ConnectionBody,
        answer=ConnectionAnswer,
        refusals=(*OF_ALL, 403, 409),
        security=(SECRET_KEY,),
    ),
    Operation(
        path="/v1/orders/missing",
        summary="Which of the shop's orders didn't arrive as they are now",
        body=MissingBody,
        answer=MissingAnswer,
        refusals=OF_ALL,
        security=(SECRET_KEY,),
    ),
    Operation(
        path="/v1/visitors/export",
        summary="Everything that is stored about a visitor, for a shopper who asks for it",
        body=VisitorBody,
        answer=VisitorExport,
        refusals=OF_ALL,
        security=(SECRET_KEY,),
    ),
    Operation(
        path="/v1/visitors/erase",
        summary="Erase a visitor, for a shopper who asks for it",
        body=VisitorBody,
        answer=VisitorErasure,
        refusals=OF_ALL,
        security=(SECRET_KEY,),
    ),
]


@endpoint(max_bytes=0, method="GET", cache_control="public, max-age=3600", has_queries=False)
def description(call: Call) -> msgspec.Raw:
    """Answer with the description, which is the same for everybody."""
    return encoded()


@cache
def encoded() -> msgspec.Raw:
    """Return the description as JSON, made once a process."""
    return msgspec.Raw(msgspec.json.encode(document()))


def document() -> dict[str, Any]:
    """Return the description as OpenAPI's root object."""
    paths = {operation.path: {operation.method: operation.described()} for operation in OPERATIONS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Offerlift edge API",
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "summary": "What pages, and the servers of stores, call. Unknown fields are ignored; new ones may come.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "secretKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The store's secret key (sk_...), from its servers alone.",
                }
            },
        },
    }


def schemas() -> dict[str, Any]:
    """Return the schemas of all bodies and answers by name."""
    types: list[Any] = [answers.RefusalAnswer, answers.WidgetPart, payloads.EventBody, *CONTENTS]
    for operation in OPERATIONS:
        types.append(operation.answer)
        if operation.body:
            types.append(operation.body)
    _, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    # raw JSON in the structs, because it is made once and copied, or read piece by piece
    decision = components["MomentDecision"]["properties"]
    decision["content"] = {"anyOf": [*map(reference, CONTENTS), {"type": "null"}]}
    decision["parts"] = {"type": "array", "items": reference(answers.WidgetPart)}
    components["PreviewBar"]["properties"]["parts"] = decision["parts"]
    components["EventsBody"]["properties"]["events"] |= {
        "items": reference(payloads.EventBody),
        "maxItems": payloads.MAX_EVENTS,
    }
    # which one isn't said by a struct
    components["VisitorBody"]["oneOf"] = [
        {"required": [name], "properties": {name: {"type": "string"}}} for name in SUBJECTS
    ]
    portable: dict[str, Any] = with_portable_patterns(components)
    return portable


def with_portable_patterns(schema: Any) -> Any:
    r"""Return the schema with patterns as JSON Schema wants them, by ECMA-262: ``$`` where Python has ``\Z``."""
    if isinstance(schema, list):
        return [with_portable_patterns(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    portable = {name: with_portable_patterns(value) for name, value in schema.items()}
    if isinstance(portable.get("pattern"), str):
        portable["pattern"] = portable["pattern"].replace(r"\Z", "$")
    return portable


def reference(shape: type[msgspec.Struct]) -> dict[str, str]:
    """Return the reference to a type's schema."""
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def json_content(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the Media Type Objects of a body."""
    return {"application/json": {"schema": reference(shape)}}


def json_response(text: str, shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a Response Object."""
    return {"description": text, "content": json_content(shape)}
