"""What shop systems delivered, and what became of it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from procrastinate.contrib.django.models import ProcrastinateJob
from unfold.decorators import display

from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.webhooks import queueing
from experiments.admin.tenancy import EDITORS, ReadOnly, StoreScopedAdmin, has_role, limited

admin.site.unregister(ProcrastinateJob)  # jobs are the operator's: deliveries say what a store needs to know


def has_given_up(request: HttpRequest) -> bool:
    """Whether deliveries of the member's stores were given up, so that the navigation leads to them."""
    return limited(Delivery.objects.filter(status=DeliveryStatus.DEAD), request).exists()


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, StoreScopedAdmin):
    """Deliveries with what went wrong, to try again. The body stays in the database: it names people."""

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

    @admin.display(ordering="order_external_id", description="Order")
    def order(self, delivery: Delivery) -> str:
        """The shop's id of the order."""
        return delivery.order_external_id

    @admin.display(description="The shop's name for it")
    def delivery_id(self, delivery: Delivery) -> str:
        """The id of the delivery, by which it can be found in the shop's own log."""
        return delivery.external_id

    @display(  # type: ignore[untyped-decorator]
        ordering="status",
        description="Status",
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

    @admin.display(description="Problem")
    def problem(self, delivery: Delivery) -> str:
        """The beginning of what went wrong."""
        return delivery.error if len(delivery.error) <= 100 else f"{delivery.error[:99]}…"

    @admin.display(description="Size")
    def size(self, delivery: Delivery) -> str:
        """Of the body."""
        return f"{len(bytes(delivery.body)):,} bytes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """The list without the bodies."""
        return super().get_queryset(request).defer("body")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Editors may try again."""
        return has_role(request, EDITORS, None)

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        """Start over with those that failed or were given up."""
        chosen = limited(deliveries, request, EDITORS).values_list("pk", flat=True)
        number = queueing.try_again(Delivery.objects.filter(pk__in=list(chosen)))
        noun = "delivery is" if number == 1 else "deliveries are"
        self.message_user(
            request, f"{number} {noun} being tried again.", messages.SUCCESS if number else messages.WARNING
        )
