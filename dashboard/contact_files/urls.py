"""The URLs of files of contacts."""

from django.urls import URLPattern, path

from dashboard.contact_files import views

contact_file_urls: list[URLPattern] = [
    path("contacts/<slug:store_slug>/files/", views.files, name="contact_files"),
    path("contacts/<slug:store_slug>/files/<str:kind>.csv", views.template, name="contact_file_template"),
    path("contacts/<slug:store_slug>/files/<int:pk>/", views.file, name="contact_file"),
    path("contacts/<slug:store_slug>/files/<int:pk>/import/", views.import_rows, name="import_contact_file"),
    path("contacts/<slug:store_slug>/files/<int:pk>/discard/", views.discard, name="discard_contact_file"),
]
