"""The edge: what shoppers' browsers and stores' servers call, and nothing else."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config import data_folder

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_edge"  # whatever the process that starts it has for itself
django = get_wsgi_application()
# An edge that follows what is published decides without the database, so it starts without it as well.
data_folder.prepare_data_folder(is_database_needed=not settings.CONFIGURATION_URL)

from checkout_widgets.edge.application import EdgeApplication  # noqa: E402 -- needs Django's settings and models
from checkout_widgets.edge.urls import urlpatterns  # noqa: E402
from config import edge_server, tracing  # noqa: E402

tracing.set_up("edge")
application = EdgeApplication(urlpatterns, django)
edge_server.answer_in_threads_of_its_own(application)
