"""The edge: what shoppers' browsers and stores' servers call, and nothing else."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_edge")
application = get_wsgi_application()
