"""What shop systems delivered, and what became of it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, ngettext
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.decorators import display

from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.webhooks import queueing
from experiments.admin.tenancy import EDITORS, ReadOnly, StoreScopedAdmin, has_role, limited

PROBLEM_LENGTH = 100  # characters in the list; the delivery's own page has all

admin.site.unregister(ProcrastinateJob)  # jobs are the operator's: deliveries say what a store needs to know


def has_given_up(request: HttpRequest) -> bool:
    """Whether deliveries of the member's stores were given up, so that the navigation leads to them."""
    return limited(Delivery.objects.filter(status=DeliveryStatus.DEAD), request).exists()


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, StoreScopedAdmin):
    """Deliveries with what went wrong, to try again. Bodies aren't shown: they name people."""

    list_display = ("received_at", "connection", "topic", "order", "state", "problem")
    list_filter = ("status", "connection__kind", "topic")
    list_select_related = ("connection__store",)
    search_fields = ("order_external_id", "external_id", "error")
    date_hierarchy = "received_at"
    actions = ("try_again",)
    fields = (
        "connection",
        "topic",
        "order",
        "delivery_id",
        "received_at",
        "status",
        "attempts",
        "error",
        "finished_at",
        "size",
    )
    readonly_fields = ("order", "delivery_id", "size")

    @admin.display(ordering="order_external_id", description=gettext_lazy("Order"))
    def order(self, delivery: Delivery) -> str:
        """The shop's id of the order."""
        return delivery.order_external_id

    @admin.display(description=gettext_lazy("Shop's delivery ID"))
    def delivery_id(self, delivery: Delivery) -> str:
        """The id of the delivery, by which it can be found in the shop's own log."""
        return delivery.external_id

    @display(  # type: ignore[untyped-decorator]
        ordering="status",
        description=gettext_lazy("Status"),
        label={
            DeliveryStatus.DONE: "success",
            DeliveryStatus.FAILED: "warning",
            DeliveryStatus.DEAD: "danger",
            DeliveryStatus.PENDING: "info",
        },
    )
    def state(self, delivery: Delivery) -> tuple[str, str]:
        """How far it has come."""
        return delivery.status, delivery.get_status_display()

    @admin.display(description=gettext_lazy("Problem"))
    def problem(self, delivery: Delivery) -> str:
        """The beginning of what went wrong."""
        return Truncator(delivery.error).chars(PROBLEM_LENGTH)

    @admin.display(description=gettext_lazy("Size"))
    def size(self, delivery: Delivery) -> str:
        """Of the body."""
        return filesizeformat(len(bytes(delivery.body)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """The list without the bodies, of which a page's would be many megabytes."""
        return super().get_queryset(request).defer("body")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Editors may try again."""
        return has_role(request, EDITORS, None)

    @admin.action(description=gettext_lazy("Retry"), permissions=["retry"])
    def try_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        """Start over with those that failed or were given up."""
        chosen = limited(deliveries, request, EDITORS).values_list("pk", flat=True)
        number = queueing.try_again(Delivery.objects.filter(pk__in=list(chosen)))
        message = ngettext("Retrying %(count)s delivery.", "Retrying %(count)s deliveries.", number)
        # None: those that were chosen are done, or waiting already.
        level = messages.SUCCESS if number else messages.WARNING
        self.message_user(request, message % {"count": number}, level)
