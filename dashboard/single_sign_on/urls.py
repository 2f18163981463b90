"""The URLs of single sign-on."""

from django.urls import URLPattern, path

from dashboard.single_sign_on import views

sign_on_urls: list[URLPattern] = [
    path("login/sso/", views.sign_on, name="sign_on"),
    path("login/sso/callback/", views.callback, name="sign_on_callback"),
    path("account/sso/", views.link_account, name="link_sign_on"),
    path("account/sso/unlink/", views.unlink_account, name="unlink_sign_on"),
]
