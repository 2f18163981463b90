"""The addresses for what stores' own systems say."""

from django.urls import URLPattern, path

from journeys.signals.views import put_contract, put_ticket

urlpatterns: list[URLPattern] = [
    path("v1/contracts", put_contract, name="contracts"),
    path("v1/tickets", put_ticket, name="tickets"),
]
