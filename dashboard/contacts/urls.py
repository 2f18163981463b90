"""The URLs of contacts."""

from django.urls import URLPattern, path

from dashboard.contacts import data_requests, retention_views, views

contact_urls: list[URLPattern] = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/<slug:store_slug>/retention/", retention_views.contact_retention, name="contact_retention"),
    path("contacts/<slug:store_slug>/requests/<int:pk>/", data_requests.hand_out, name="hand_out_data"),
    path("contacts/<slug:store_slug>/<int:pk>/", views.contact, name="contact"),
    path("contacts/<slug:store_slug>/<int:pk>/addresses/", views.show_addresses, name="show_addresses"),
]
