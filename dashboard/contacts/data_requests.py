"""Customers' requests for their data, as shops pass them on: listed for admins, and answered by an export."""

import logging
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checkout_widgets.models import DataRequest
from checkout_widgets.models.data_request import ANSWERED_WITHIN
from checkout_widgets.visitor_export import person_with_key, tables_of
from dashboard.members import actor_of, administered_store
from experiments import audit
from experiments.event_store.store import NotAvailable
from experiments.models import AuditAction, Store

logger = logging.getLogger(__name__)

SHOWN_FOR = timedelta(days=90)  # after an answer, for whoever asks whether there was one


class ShownRequest:
    """A request as the page shows it: until when it is to be answered, and whether that is over."""

    def __init__(self, request: DataRequest, now: datetime) -> None:
        self.request = request
        self.due_at = request.received_at + ANSWERED_WITHIN
        self.is_late = request.answered_at is None and now > self.due_at


def requests_of(store: Store) -> list[ShownRequest]:
    """Return the requests that wait for an answer, and those that had one lately."""
    now = timezone.now()
    shown = []
    for request in DataRequest.objects.filter(store=store).order_by("received_at"):
        if request.answered_at is None or request.answered_at > now - SHOWN_FOR:
            shown.append(ShownRequest(request, now))
    return shown


@require_POST
@login_required
def hand_out(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Hand out what is stored of whom a request is about, to a store's admin, and note it."""
    store = administered_store(request)
    row = get_object_or_404(DataRequest, store=store, pk=pk)
    try:
        tables = tables_of(store, person_with_key(row.customer_key))
    except NotAvailable as error:
        logger.warning("A request for data can't be answered: %s", error)
        messages.error(request, _("Older events can't be read at the moment. Try again later."))
        return redirect("contacts")
    rows = sum(map(len, tables.values()))
    detail = {"rows": rows, "request": row.external_id}
    audit.record(store=store, action=AuditAction.EXPORT_STORE, actor=actor_of(request), detail=detail)
    DataRequest.objects.filter(pk=row.pk, answered_at=None).update(
        answered_at=timezone.now(), answered_by=actor_of(request)
    )
    answer = JsonResponse({"tables": tables}, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="request-{row.pk}.json"'
    return answer
