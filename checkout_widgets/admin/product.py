"""The catalogue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from checkout_widgets.models import Product
from experiments import money
from experiments.admin.money_form import MoneyForm
from experiments.admin.tenancy import StoreScopedAdmin


class ProductForm(MoneyForm):
    """A product; prices are typed in the store's currency."""

    money_fields = ("price_minor", "cost_minor")


@admin.register(Product)
class ProductAdmin(StoreScopedAdmin):
    """What can be offered."""

    form = ProductForm
    frozen = ("store", "sku")
    list_display = ("title", "sku", "store", "category", "price", "stock", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("title", "sku", "category")
    fields = (
        "store",
        "sku",
        "title",
        "description",
        "category",
        "image_url",
        "price_minor",
        "cost_minor",
        "stock",
        "is_active",
    )

    @admin.display(ordering="price_minor")
    def price(self, product: Product) -> str:
        """In the product's currency."""
        return money.text(product.price_minor, product.currency)

    def save_model(self, request: HttpRequest, obj: Product, form: forms.ModelForm[Any], change: bool) -> None:
        """A new product is priced in its store's currency."""
        if not change:
            obj.currency = obj.store.currency
        super().save_model(request, obj, form, change)
