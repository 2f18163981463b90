"""The edge API, version 1, and the snippet."""

from django.urls import URLPattern, path, re_path

from checkout_widgets.edge import script
from checkout_widgets.edge.accept import accept, redeem
from checkout_widgets.edge.connections import woocommerce
from checkout_widgets.edge.convert import convert
from checkout_widgets.edge.decide import decide
from checkout_widgets.edge.description import description
from checkout_widgets.edge.endpoint import not_found
from checkout_widgets.edge.events import events
from checkout_widgets.edge.health import health
from checkout_widgets.edge.metrics import metrics
from checkout_widgets.edge.missing import missing_orders
from checkout_widgets.edge.moments import moments
from checkout_widgets.edge.orders import orders
from checkout_widgets.edge.question_answers import answers
from checkout_widgets.edge.visitors import export_visitor, forget_visitor

urlpatterns: list[URLPattern] = [
    path("v1/decide", decide, name="decide"),
    path("v1/moments", moments, name="moments"),
    path("v1/events", events, name="events"),
    path("v1/accept", accept, name="accept"),
    path("v1/answers", answers, name="answers"),
    path("v1/acceptances/redeem", redeem, name="redeem"),
    path("v1/orders", orders, name="orders"),
    path("v1/orders/missing", missing_orders, name="missing_orders"),
    path("v1/visitors/export", export_visitor, name="export_visitor"),
    path("v1/visitors/erase", forget_visitor, name="erase_visitor"),
    path("v1/convert", convert, name="convert"),
    path("v1/connections/woocommerce", woocommerce, name="connect_woocommerce"),
    path("v1/openapi.json", description, name="edge_description"),
    path("v1/<path:path>", not_found),
    path("healthz", health, name="edge_health"),
    path("metrics", metrics, name="edge_metrics"),
    re_path(r"^s/(?P<name>[a-z0-9_]+)\.js$", script.newest, name="snippet"),
    re_path(r"^s/(?P<name>[a-z0-9_]+)-(?P<digest>[0-9a-f]+)\.js$", script.fixed, name="snippet_fixed"),
]
