"""What the data folder holds where the environment names nothing: keys, and the embedded PostgreSQL.

Both come to be at their first use. Reading the settings writes no file and starts no server, so that tools, `help` and
tests without a database can read them anywhere.
"""

import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import embedded_postgres


def prepare_data_folder(*, is_database_needed: bool = True) -> None:
    """Make sure of the secret key, and of the database where it is needed, before a server takes its first request.

    Raises ``ImproperlyConfigured``: a server that could answer nothing ends at once, with a sentence that says why.
    """
    # The text itself from here on: each token that is signed would go through the lazy one.
    settings.SECRET_KEY = str(settings.SECRET_KEY)
    if settings.HAS_EMBEDDED_POSTGRES and is_database_needed:
        embedded_postgres.socket_folder(settings.DATA_DIR)


@cache
def local_key(data_dir: Path, name: str) -> str:
    """Return the key of that file in the folder, which is made at its first use. Raises ``ImproperlyConfigured``."""
    file = data_dir / name
    try:
        if not file.exists():
            make_key(file)
        return file.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Cannot write {file} ({error}). Free some disk space, make the folder writable, or set {name.upper()}."
        ) from error


def make_key(file: Path) -> None:
    """Write a new key, readable by this user alone; the first of several processes that do so at once wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(50))
    try:
        # Unlike writing in place, a link appears whole, so that no process reads half a key; and unlike a rename it
        # fails where another process has made one, so that all of them sign with the same.
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
