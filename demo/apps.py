from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo store, its scenario and its simulated shoppers: installed only with the setting ``DEMO``."""

    name = "demo"
