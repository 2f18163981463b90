"""The URLs of the setup page."""

from django.urls import URLPattern, path

from dashboard.setup import views

setup_urls: list[URLPattern] = [
    path("setup/", views.setup, name="setup"),
    path("setup/arrivals/", views.arrivals, name="arrivals"),
    path("setup/<slug:store_slug>/try-again/", views.try_again, name="try_again"),
]
