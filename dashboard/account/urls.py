"""The URLs of the account."""

from django.urls import URLPattern, path

from dashboard.account import views

account_urls: list[URLPattern] = [
    path("account/", views.account, name="account"),
    path("account/language/", views.choose_language, name="choose_language"),
    path("account/topics/", views.choose_topics, name="choose_topics"),
    path("account/password/", views.ChangePassword.as_view(), name="change_password"),
    path("account/second-factor/", views.set_up_second_factor, name="second_factor"),
    path("account/second-factor/remove/", views.remove_second_factor, name="remove_second_factor"),
    path("account/recovery-codes/", views.renew_recovery_codes, name="renew_recovery_codes"),
]
