"""The URLs of passkeys."""

from django.urls import URLPattern, path

from dashboard.passkeys import views

passkey_urls: list[URLPattern] = [
    path("account/passkeys/", views.new_passkey, name="new_passkey"),
    path("account/passkeys/options/", views.begin_adding, name="begin_passkey"),
    path("account/passkeys/<int:pk>/", views.passkey, name="passkey"),
    path("account/passkeys/<int:pk>/remove/", views.remove_passkey, name="remove_passkey"),
    path("login/passkey/", views.log_in_by_passkey, name="log_in_by_passkey"),
    path("login/passkey/options/", views.begin_log_in, name="begin_passkey_log_in"),
]
