"""Settings of the tests: the console's, made quicker."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES as CONSOLE_DATABASES
from config.settings import INSTALLED_APPS as CONSOLE_APPS

DEMO = True
INSTALLED_APPS = [*CONSOLE_APPS, "demo"]
DATABASES = CONSOLE_DATABASES
DATABASES["default"] |= {"CONN_MAX_AGE": 0}
DATABASES["default"]["OPTIONS"] |= {"options": "-c synchronous_commit=off"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EDGE_POLL_SECONDS = 0  # no thread: a test that changes the configuration calls live_configuration.refresh()
EDGE_CALLS_PER_MINUTE = 0
