"""The URLs of new drafts and of scheduled tests."""

from django.urls import URLPattern, path

from dashboard.launch import views

TEST = "tests/<slug:store_slug>/<slug:experiment_key>/"

launch_urls: list[URLPattern] = [
    path("templates/", views.choose_template, name="choose_template"),
    path("templates/<slug:template_key>/", views.new_test, name="new_test"),
    path(f"{TEST}unschedule/", views.unschedule, name="unschedule"),
    path(f"{TEST}copy/", views.copy_test, name="copy_test"),
]
