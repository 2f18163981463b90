"""Commands of ``manage.py`` for products, orders, visitors' data and the worker."""
