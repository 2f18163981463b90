"""What members do on the setup page: HTTP only."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from checkout_widgets import connection_changes
from checkout_widgets.edge.payloads import VISITOR_ID
from checkout_widgets.models import Connection, ConnectionKind, TrialOrder
from checkout_widgets.sample_shops import sending
from checkout_widgets.sample_shops.sending import TrialRefused
from dashboard.members import actor_of, administered_store, editable_store
from dashboard.setup import shop_systems
from dashboard.setup.shop_systems import ShopChoice
from experiments import formatting
from experiments.models import Store

NO_VISITOR = gettext_lazy("Enter a visitor ID: up to 64 letters, digits, or characters such as . _ : and -")


class SystemForm(forms.Form):
    """Which shop system the store uses."""

    system = forms.ChoiceField(choices=ShopChoice.choices)


class SecretForm(forms.Form):
    """A secret for a connection; empty for one that Offerlift makes."""

    kind = forms.ChoiceField(choices=ConnectionKind.choices)
    secret = forms.CharField(max_length=200, required=False)


class SwitchForm(forms.Form):
    """Whether a connection is on."""

    kind = forms.ChoiceField(choices=ConnectionKind.choices)
    is_active = forms.BooleanField(required=False)


class TrialForm(forms.Form):
    """By which way to send a test order, and whose it is."""

    system = forms.ChoiceField(choices=ShopChoice.choices)
    visitor_id = forms.CharField(required=False, validators=[RegexValidator(VISITOR_ID, NO_VISITOR)])


@require_POST
@login_required
def choose_system(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Show this shop system's steps from now on; for the store's editors."""
    store = editable_store(request)
    form = SystemForm(request.POST)
    if not form.is_valid():
        raise Http404("No such shop system.")
    shop_systems.choose(store, ShopChoice(form.cleaned_data["system"]), actor=actor_of(request))
    return back(store)


@require_POST
@login_required
def save_secret(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Connect a shop system by its secret, or replace the secret; for the store's admins."""
    store = administered_store(request)
    form = SecretForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The secret isn't saved: it can have at most 200 characters."))
        return back(store, "connections")
    kind, secret = form.cleaned_data["kind"], form.cleaned_data["secret"]
    connection = Connection.objects.filter(store=store, kind=kind).first()
    if not secret and (connection is None or connection.connected_at is None):
        messages.error(request, _("Enter the secret that the shop signs its webhooks with."))
        return back(store, "connections")
    connection_changes.save_secret(store, kind, secret, actor=actor_of(request))
    if connection is None:
        messages.success(request, _("The secret is saved. The connection works with the first webhook that arrives."))
    else:
        messages.success(request, _("The secret is replaced. The previous one stays valid for a week."))
    return back(store, "connections")


@require_POST
@login_required
def switch_connection(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Switch a connection off or on; for the store's admins."""
    store = administered_store(request)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise Http404("No such shop system.")
    connection = get_object_or_404(Connection, store=store, kind=form.cleaned_data["kind"])
    is_active = form.cleaned_data["is_active"]
    connection_changes.switch(connection, is_active=is_active, actor=actor_of(request))
    if is_active:
        messages.success(request, _("The connection is on. Webhooks are accepted again."))
    else:
        messages.success(request, _("The connection is off. All webhooks from the shop are rejected."))
    return back(store, "connections")


@require_POST
@login_required
def send_trial_order(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Send a test order; for the store's editors."""
    store = editable_store(request)
    form = TrialForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return back(store, "test-orders")
    system, visitor_id = ShopChoice(form.cleaned_data["system"]), form.cleaned_data["visitor_id"]
    try:
        send_by(store, system, visitor_id, actor_of(request))
    except TrialRefused as refused:
        messages.error(request, _("The test order was rejected: %(reason)s") % {"reason": refused})
    return back(store, "test-orders")


def send_by(store: Store, system: ShopChoice, visitor_id: str, actor: str) -> None:
    """Send a test order by the shop system's webhook, or by the API. Raises ``TrialRefused``."""
    if system == ShopChoice.OTHER:
        sending.send_by_api(store, visitor_id=visitor_id, sent_by=actor)
        return
    connection = store.connections.filter(kind=system.value).first()
    if connection is None:
        raise TrialRefused(_("The shop isn't connected yet."))
    sending.send_by_webhook(connection, visitor_id=visitor_id, sent_by=actor)


@require_POST
@login_required
def remove_trial_orders(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Remove a test order, or all of the store's; for its editors."""
    store = editable_store(request)
    trials = TrialOrder.objects.filter(store=store)
    chosen = request.POST.get("trial", "")
    if chosen:
        trials = trials.filter(pk=id_of(chosen))
    number = trials.remove()
    text = ngettext("Removed %(count)s test order.", "Removed %(count)s test orders.", number)
    messages.success(request, text % {"count": formatting.count(number)})
    return back(store, "test-orders")


def id_of(text: str) -> UUID:
    """Return the id of a test order as a form names it. Raises ``Http404``."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404("No such test order.") from error


def back(store: Store, part: str = "") -> HttpResponse:
    """Lead back to a part of the store's setup page."""
    anchor = ""
    if part:
        anchor = f"#{part}"
    return redirect(f"{reverse('dashboard:setup')}?store={store.slug}{anchor}")
