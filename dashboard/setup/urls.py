"""The URLs of the setup page."""

from django.urls import URLPattern, path

from dashboard.setup import actions, views

setup_urls: list[URLPattern] = [
    path("setup/", views.setup, name="setup"),
    path("setup/arrivals/", views.arrivals, name="arrivals"),
    path("setup/test-orders/", views.trial_orders, name="trial_orders"),
    path("setup/guide/", views.guide, name="setup_guide"),
    path("setup/offerlift.zip", views.plugin, name="woocommerce_plugin"),
    path("setup/<slug:store_slug>/try-again/", views.try_again, name="try_again"),
    path("setup/<slug:store_slug>/shop-system/", actions.choose_system, name="choose_system"),
    path("setup/<slug:store_slug>/connections/secret/", actions.save_secret, name="save_secret"),
    path("setup/<slug:store_slug>/connections/switch/", actions.switch_connection, name="switch_connection"),
    path("setup/<slug:store_slug>/test-orders/send/", actions.send_trial_order, name="send_trial_order"),
    path("setup/<slug:store_slug>/test-orders/remove/", actions.remove_trial_orders, name="remove_trial_orders"),
]
