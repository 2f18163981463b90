"""What was refused, counted: to look at."""

from django.contrib import admin

from experiments.admin.tenancy import ReadOnly, StoreScopedAdmin
from experiments.models import Rejection


@admin.register(Rejection)
class RejectionAdmin(ReadOnly, StoreScopedAdmin):
    """How often something sent to a store was refused, by day, source and reason."""

    list_display = ("day", "store", "source", "code", "count", "last_at")
    list_filter = ("source", "code")
    list_select_related = ("store",)
    date_hierarchy = "day"
