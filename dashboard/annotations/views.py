"""The annotations of a store: HTTP only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import shell
from dashboard.annotations.forms import AnnotationFileForm, AnnotationForm
from dashboard.members import actor_of, can_edit, editable_store, require_editor
from experiments import annotating
from experiments.imports.annotations import AnnotationImport, import_annotations
from experiments.models import Annotation, AnnotationKind, Store
from experiments.tables import UPLOAD, BadFile

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Annotations"))
def annotations(request: HttpRequest, store: Store) -> HttpResponse:
    """List a store's annotations, and add one; ``?test=<key>`` chooses the test that the form begins with."""
    if request.method != "POST":
        form = AnnotationForm(store=store, initial=initial_values(request, store))
        return page(request, store, form)
    require_editor(request, store)
    form = AnnotationForm(request.POST, store=store)
    if not form.is_valid():
        return page(request, store, form)
    annotation = form.save_as(actor_of(request))
    messages.success(request, _("“%(text)s” was added.") % {"text": annotation.text})
    return back_to(store)


def initial_values(request: HttpRequest, store: Store) -> dict[str, Any]:
    """Return what an empty form begins with: the usual kind, and the test that the link came from."""
    experiment = store.experiments.filter(key=request.GET.get("test", "")[:64].replace("\x00", "")).first()
    return {"kind": AnnotationKind.CAMPAIGN, "experiment": experiment}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Change an annotation of the store."""
    store = editable_store(request)
    annotation = annotation_of(store, pk)
    form = AnnotationForm(request.POST or None, store=store, instance=annotation)
    if request.method != "POST" or not form.is_valid():
        return page(request, store, form)
    form.save_as(actor_of(request))
    messages.success(request, _("The annotation was changed."))
    return back_to(store)


@require_POST
@login_required
def remove(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Remove an annotation of the store; the audit trail keeps what it said."""
    store = editable_store(request)
    annotation = annotation_of(store, pk)
    annotating.remove(annotation, actor=actor_of(request))
    messages.success(request, _("“%(text)s” was removed.") % {"text": annotation.text})
    return back_to(store)


@require_POST
@login_required
def import_file(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Add the annotations of a file; the page comes back with what is wrong, row by row."""
    store = editable_store(request)
    form = AnnotationFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            result = import_annotations(form.cleaned_data["file"].file, store, actor=actor_of(request), limits=UPLOAD)
        except BadFile as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, imported_text(result))
            return back_to(store)
    return page(request, store, AnnotationForm(store=store), file_form=form)


def imported_text(result: AnnotationImport) -> str:
    """Say what came of a file."""
    added = ngettext("%(count)s annotation added.", "%(count)s annotations added.", result.added)
    parts = [added % {"count": result.added}]
    if result.changed:
        changed = ngettext("%(count)s changed.", "%(count)s changed.", result.changed)
        parts.append(changed % {"count": result.changed})
    if result.unchanged:
        unchanged = ngettext("%(count)s was known already.", "%(count)s were known already.", result.unchanged)
        parts.append(unchanged % {"count": result.unchanged})
    return " ".join(parts)


def annotation_of(store: Store, pk: int) -> Annotation:
    """Return the store's annotation; raises ``Http404`` for another's."""
    of_store = Annotation.objects.filter(store=store).select_related("experiment", "store")
    return get_object_or_404(of_store, pk=pk)


def page(
    request: HttpRequest, store: Store, form: AnnotationForm, *, file_form: AnnotationFileForm | None = None
) -> HttpResponse:
    """Show the list with the forms; a form with errors is answered 422."""
    found = Annotation.objects.filter(store=store).select_related("experiment")
    status = 200
    if form.errors or (file_form is not None and file_form.errors):
        status = 422
    context = {
        "store": store,
        "form": form,
        "file_form": file_form or AnnotationFileForm(),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "is_editor": can_edit(request, store),
    }
    return render(request, "dashboard/annotations.html", context, status=status)


def back_to(store: Store) -> HttpResponse:
    """To the list again."""
    return redirect(f"{reverse('dashboard:annotations')}?store={store.slug}")
