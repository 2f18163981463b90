"""Commands of ``manage.py`` to import and report a test, and to rebuild outcomes."""
