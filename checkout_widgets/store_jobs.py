"""Jobs of the worker for one store each: queued once, however often they are asked for."""

from typing import Any

from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from experiments.models import Store

StoreTask = Task[..., Any, Any]


def queue(task: StoreTask, store_id: int) -> None:
    """Have a task done for the store; nothing where that waits already."""
    try:
        with transaction.atomic():  # the refusal would spoil the caller's transaction
            task.configure(queueing_lock=queueing_lock(task, store_id)).defer(store_id=store_id)
    except AlreadyEnqueued:
        return


def queue_for_all(task: StoreTask) -> None:
    """Have a task done for every store: each in a job of its own, so that what fails for one fails for it alone."""
    for store_id in Store.objects.order_by("pk").values_list("pk", flat=True):
        queue(task, store_id)


def is_queued(task: StoreTask, store_id: int) -> bool:
    """Whether the task waits or runs for the store."""
    not_over = ProcrastinateJob.objects.filter(status__in=("todo", "doing"))
    return not_over.filter(queueing_lock=queueing_lock(task, store_id)).exists()


def queueing_lock(task: StoreTask, store_id: int) -> str:
    """Return the name under which one job of the task can wait for a store."""
    _module, _, name = task.name.rpartition(".")
    return f"{name}_{store_id}"
