"""The demo store's pages."""

from django.urls import URLPattern

app_name = "demo_store"
urlpatterns: list[URLPattern] = []
