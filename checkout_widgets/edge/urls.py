"""The edge API, version 1, and the snippet."""

from django.urls import URLPattern, path

from checkout_widgets.edge import script
from checkout_widgets.edge.accept import accept, redeem
from checkout_widgets.edge.decide import decide
from checkout_widgets.edge.endpoint import not_found
from checkout_widgets.edge.events import events
from checkout_widgets.edge.orders import orders

urlpatterns: list[URLPattern] = [
    path("v1/decide", decide, name="decide"),
    path("v1/events", events, name="events"),
    path("v1/accept", accept, name="accept"),
    path("v1/acceptances/redeem", redeem, name="redeem"),
    path("v1/orders", orders, name="orders"),
    path("v1/<path:path>", not_found),
    path("s/upsell.js", script.newest, name="snippet"),
    path("s/upsell-<slug:digest>.js", script.fixed, name="snippet_fixed"),
]
