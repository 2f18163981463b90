"""The admin of tests, orders, stores and users: one file per noun."""

from experiments.admin import audit, experiment, keys, order, rejection, snapshot, store, user

__all__ = ["audit", "experiment", "keys", "order", "rejection", "snapshot", "store", "user"]
