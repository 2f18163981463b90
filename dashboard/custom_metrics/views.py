"""A store's own metrics: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import shell
from dashboard.custom_metrics.forms import ChoiceForm, MetricForm
from dashboard.members import actor_of, can_edit, editable_experiment, editable_store, require_editor
from experiments import custom_metrics
from experiments.models import CustomMetric, Store


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Custom metrics"))
def custom_metrics_page(request: HttpRequest, store: Store) -> HttpResponse:
    """List a store's metrics, and define one."""
    if request.method != "POST":
        return page(request, store, MetricForm(store=store))
    require_editor(request, store)
    form = MetricForm(request.POST, store=store)
    metric = None
    if form.is_valid():
        metric = form.save_as(actor_of(request))
    if metric is None:
        return page(request, store, form)
    messages.success(request, _("“%(metric)s” was added. Choose it for a test before its launch.") % {"metric": metric})
    return back_to(store)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_metric(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Change a metric of the store; launched tests keep what it meant."""
    store = editable_store(request)
    metric = metric_of(store, pk)
    form = MetricForm(request.POST or None, store=store, metric=metric)
    version = metric.version
    if request.method != "POST" or not form.is_valid() or form.save_as(actor_of(request)) is None:
        return page(request, store, form)
    metric.refresh_from_db()
    text = _("“%(metric)s” was changed.")
    if metric.version != version:
        text = _("“%(metric)s” was changed. Tests already launched with it keep its old definition.")
    messages.success(request, text % {"metric": metric})
    return back_to(store)


@require_POST
@login_required
def archive_metric(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Archive a metric of the store."""
    store = editable_store(request)
    metric = metric_of(store, pk)
    custom_metrics.archive(metric, actor=actor_of(request))
    messages.success(request, _("“%(metric)s” was archived. Tests that use it keep it.") % {"metric": metric})
    return back_to(store)


@require_POST
@login_required
def restore_metric(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Offer an archived metric to new tests again."""
    store = editable_store(request)
    metric = metric_of(store, pk)
    try:
        custom_metrics.restore(metric, actor=actor_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(metric)s” was restored.") % {"metric": metric})
    return back_to(store)


@require_POST
@login_required
def choose_metrics(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Give a draft its custom metrics."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = ChoiceForm(request.POST, experiment=experiment)
    if form.is_valid() and form.save_as(actor_of(request)):
        messages.success(request, _("The custom metrics are saved."))
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    return redirect("dashboard:launch", store_slug, experiment_key)


def metric_of(store: Store, pk: int) -> CustomMetric:
    """Return the store's metric; raises ``Http404`` for another's."""
    return get_object_or_404(CustomMetric.objects.filter(store=store).select_related("store"), pk=pk)


def page(request: HttpRequest, store: Store, form: MetricForm) -> HttpResponse:
    """Show the list with the form; a form with errors is answered 422."""
    tests = Count("chosen", filter=Q(chosen__fixed_at__isnull=False))
    found = store.custom_metrics.annotate(tests=tests)
    status = 200
    if form.errors:
        status = 422
    context = {
        "store": store,
        "form": form,
        "metrics": found.filter(archived_at=None),
        "archived": found.exclude(archived_at=None),
        "is_editor": can_edit(request, store),
    }
    return render(request, "dashboard/custom_metrics.html", context, status=status)


def back_to(store: Store) -> HttpResponse:
    """To the list again."""
    return redirect(f"{reverse('dashboard:custom_metrics')}?store={store.slug}")
