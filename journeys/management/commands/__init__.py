"""Commands of ``manage.py`` for contacts and their addresses."""
