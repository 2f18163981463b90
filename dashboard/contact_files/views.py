"""Files of contacts and opt-outs: HTTP only. For a store's admins; nobody else sees that there are any."""

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.contact_files.forms import ContactFileForm
from dashboard.contact_files.page import columns_of, outcome_rows, template_rows
from dashboard.fragments import page_or_part
from dashboard.members import actor_of, administered_store
from experiments.models import Store
from experiments.tables import BadFile
from journeys import addresses
from journeys.addresses import MissingKeys
from journeys.contact_files import stored_files
from journeys.contact_files.jobs import queue_import
from journeys.models import ContactFile, ContactFileKind

MOST_LISTED = 20  # files on the page: what older ones did is in the audit log
POLLING_S = 2  # somebody waits at the page, and an import takes seconds to minutes


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def files(request: HttpRequest, store_slug: str) -> HttpResponse:
    """List a store's files, and check one more (POST)."""
    store = administered_store(request)
    form = ContactFileForm()
    if request.method == "POST":
        form = ContactFileForm(request.POST, request.FILES)
        row = uploaded(request, store, form)
        if row is not None:
            return redirect("dashboard:contact_file", store.slug, row.pk)
    context = {
        "store": store,
        "form": form,
        "files": ContactFile.objects.filter(store=store)[:MOST_LISTED],
        "contact_columns": columns_of(ContactFileKind.CONTACTS),
        "opt_out_columns": columns_of(ContactFileKind.OPT_OUTS),
        "can_store": addresses.can_store(),
    }
    return render(request, "dashboard/contact_files/files.html", context, status=422 if form.errors else 200)


def uploaded(request: HttpRequest, store: Store, form: ContactFileForm) -> ContactFile | None:
    """Return the checked file; None where it can't be read, which the form says then."""
    if not form.is_valid():
        return None
    values: dict[str, Any] = form.cleaned_data
    try:
        return stored_files.check_upload(
            store, values["file"].file, values["kind"], actor=actor_of(request), now=timezone.now()
        )
    except BadFile as error:
        form.add_error("file", str(error))
    except MissingKeys:
        form.add_error(None, _("This installation can't store addresses yet. Ask its operator to set ADDRESS_KEYS."))
    return None


@require_safe
@login_required
def template(request: HttpRequest, store_slug: str, kind: str) -> HttpResponse:
    """Hand out a file with the columns and two examples."""
    administered_store(request)
    if kind not in ContactFileKind.values:
        raise Http404("No such kind of file.")
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind.replace("_", "-")}.csv"'
    csv.writer(answer).writerows(template_rows(kind))
    return answer


@require_safe
@login_required
def file(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Show what is in a file, how far its import is, and what came of it."""
    store = administered_store(request)
    row = file_of(store, pk)
    context = {
        "store": store,
        "file": row,
        "sample": stored_files.sample_of(row),
        "more_errors": row.bad_rows - len(row.errors),
        "outcome": outcome_rows(row),
        "polling_s": POLLING_S,
    }
    return page_or_part(request, "dashboard/contact_files/file.html", "state", context)


@require_POST
@login_required
def import_rows(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Have the good rows of a file imported."""
    store = administered_store(request)
    row = file_of(store, pk)
    if not queue_import(row, actor=actor_of(request)):
        messages.info(request, _("Nothing was imported: this file was imported before, or none of its rows is valid."))
    return redirect("dashboard:contact_file", store.slug, row.pk)


@require_POST
@login_required
def discard(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Remove a file that isn't imported."""
    store = administered_store(request)
    stored_files.discard(file_of(store, pk))
    messages.success(request, _("The file was removed. Nothing of it was imported."))
    return redirect("dashboard:contact_files", store.slug)


def file_of(store: Store, pk: int) -> ContactFile:
    """Return the store's file; raises ``Http404`` for another's."""
    return get_object_or_404(ContactFile.objects.select_related("store"), store=store, pk=pk)
