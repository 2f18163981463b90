"""The edge API, version 1, and the snippet."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
