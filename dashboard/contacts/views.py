"""Contacts: HTTP only. What is searched for comes by POST, as an address has no place in a URL or a server's log."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard import shell
from dashboard.contacts.data_requests import requests_of
from dashboard.contacts.page import history_of
from dashboard.members import actor_of, can_edit, editable_store, is_store_admin
from experiments import audit
from experiments.models import AuditAction, Store
from journeys.contacts.lookup import find_contact
from journeys.models import Contact


class SearchForm(forms.Form):
    """Whom to look up."""

    who = forms.CharField(
        label=gettext_lazy("Order number, customer ID, or email address"),
        max_length=254,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text=gettext_lazy("The exact address, or the number that the shop has for the order or the customer."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Contacts"))
def contacts(request: HttpRequest, store: Store) -> HttpResponse:
    """Look a customer up. Whoever does so is in the audit trail, without the address."""
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = find_contact(store, form.cleaned_data["who"])
        if found is not None:
            detail = {"contact": found.pk}
            audit.record(store=store, action=AuditAction.CONTACT_SEARCHED, actor=actor_of(request), detail=detail)
            return redirect("dashboard:contact", store.slug, found.pk)
        form.add_error(
            "who", _("No customer has this address or number. Check the spelling: only an exact match is found.")
        )
    context = {
        "store": store,
        "form": form,
        "has_contacts": Contact.objects.filter(store=store).exists(),
        "is_admin": is_store_admin(request, store),
        "data_requests": requests_of(store),
    }
    return render(request, "dashboard/contacts.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def contact(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Show a customer, the addresses masked."""
    store = shell.one_store(request)
    if store is None:
        raise Http404("No store.")
    return page(request, store, pk, is_shown=False)


@require_POST
@login_required
def show_addresses(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Show a customer with the addresses in full, to editors, and note who saw them."""
    store = editable_store(request)
    of_store = get_object_or_404(Contact, store=store, pk=pk)
    detail = {"contact": of_store.pk}
    audit.record(store=store, action=AuditAction.ADDRESS_SHOWN, actor=actor_of(request), detail=detail)
    return page(request, store, pk, is_shown=True)


def page(request: HttpRequest, store: Store, pk: int, *, is_shown: bool) -> HttpResponse:
    """Show the page of a customer of the store."""
    of_store = get_object_or_404(Contact, store=store, pk=pk)
    context = {
        "store": store,
        "contact": of_store,
        "history": history_of(of_store, is_shown=is_shown),
        "is_shown": is_shown,
        "is_editor": can_edit(request, store),
    }
    return render(request, "dashboard/contact.html", context)
