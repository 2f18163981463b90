"""The admin: one file per noun."""

from experiments.admin import audit, experiment, order, rejection, snapshot, store, user

__all__ = ["audit", "experiment", "order", "rejection", "snapshot", "store", "user"]
