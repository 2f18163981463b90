"""The edge API, version 1, and the snippet."""

from django.urls import URLPattern, path

from checkout_widgets.edge import script

urlpatterns: list[URLPattern] = [
    path("s/upsell.js", script.newest, name="snippet"),
    path("s/upsell-<slug:digest>.js", script.fixed, name="snippet_fixed"),
]
