"""The URLs of the question on the confirmation page."""

from django.urls import URLPattern, path

from dashboard.question import views

question_urls: list[URLPattern] = [
    path("question/", views.question, name="question"),
]
