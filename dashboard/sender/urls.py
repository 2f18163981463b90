"""The URLs of a store's sender."""

from django.urls import URLPattern, path

from dashboard.sender import views

sender_urls: list[URLPattern] = [
    path("sender/", views.sender, name="sender"),
    path("sender/check/", views.check_domain, name="check_domain"),
    path("sender/switch/", views.switch, name="switch_sender"),
]
