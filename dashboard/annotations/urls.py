"""The URLs of the annotations."""

from django.urls import URLPattern, path

from dashboard.annotations import views

annotation_urls: list[URLPattern] = [
    path("annotations/", views.annotations, name="annotations"),
    path("annotations/<slug:store_slug>/file/", views.import_file, name="import_annotations"),
    path("annotations/<slug:store_slug>/<int:pk>/", views.change, name="change_annotation"),
    path("annotations/<slug:store_slug>/<int:pk>/remove/", views.remove, name="remove_annotation"),
]
