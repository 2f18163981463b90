"""The console: admin and dashboard, and the edge's URLs beside them."""

import os

from django.core.wsgi import get_wsgi_application

from config import data_folder, tracing

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
application = get_wsgi_application()
data_folder.prepare_data_folder()
tracing.set_up("console")
