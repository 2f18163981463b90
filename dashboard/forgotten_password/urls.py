"""The URLs of forgotten passwords."""

from django.urls import URLPattern, path

from dashboard.forgotten_password import views

password_urls: list[URLPattern] = [
    path("password/", views.forgotten_password, name="forgotten_password"),
    path("password/<uidb64>/<token>/", views.ChoosePassword.as_view(), name="choose_password"),
]
