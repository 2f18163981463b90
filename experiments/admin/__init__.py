"""The admin: one file per noun."""

from experiments.admin import experiment, order, rejection, snapshot, store, user

__all__ = ["experiment", "order", "rejection", "snapshot", "store", "user"]
