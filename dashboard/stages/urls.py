"""The URLs of stages."""

from django.urls import URLPattern, path

from dashboard.stages import views

stage_urls: list[URLPattern] = [
    path("stages/", views.stages, name="stages"),
]
