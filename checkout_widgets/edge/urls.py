"""The edge API, version 1, and the snippet."""

from django.urls import URLPattern, path

from checkout_widgets.edge.accept import accept, redeem
from checkout_widgets.edge.decide import decide
from checkout_widgets.edge.endpoint import not_found
from checkout_widgets.edge.events import events
from checkout_widgets.edge.orders import orders

urlpatterns: list[URLPattern] = [
    path("v1/decide", decide),
    path("v1/events", events),
    path("v1/accept", accept),
    path("v1/acceptances/redeem", redeem),
    path("v1/orders", orders),
    path("v1/<path:path>", not_found),
]
