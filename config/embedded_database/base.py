"""The backend that ``DATABASES`` names where ``DATABASE_URL`` is unset."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from config import embedded_postgres

# Most of the write-ahead log is pages that are written whole after a checkpoint. Only a superuser may say so for a
# connection, which the product is on its own server alone.
COMPRESSED_LOG = "-c wal_compression=on"


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections to the embedded server; the first one of a process starts it, or joins the one that runs."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what psycopg connects with, the server's socket included. Raises ``ImproperlyConfigured``."""
        # Known only once the server runs: where the data folder's path is too long for a socket, it is elsewhere. Kept
        # among the settings, where benchmarks and tests read how to reach the database.
        self.settings_dict["OPTIONS"]["host"] = embedded_postgres.socket_folder(settings.DATA_DIR)
        parameters = super().get_connection_params()
        parameters["options"] = f"{COMPRESSED_LOG} {parameters.get('options', '')}".strip()
        return parameters
