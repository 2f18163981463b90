"""The people who use the admin."""

from tests.experiments.admin.conftest import (
    admin_of_store_client,
    editor_client,
    store,
    superuser_client,
    viewer_client,
)

__all__ = ["admin_of_store_client", "editor_client", "store", "superuser_client", "viewer_client"]
