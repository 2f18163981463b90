"""The demo store's pages."""

from django.http import HttpResponse
from django.urls import path

app_name = "demo_store"
urlpatterns = [
    path("pictures/<slug:sku>.svg", lambda r, sku: HttpResponse(), name="picture"),
]
