"""What is asked for a custom metric, and which of them a draft gets."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.categories import categories_of
from checkout_widgets.models import Product
from experiments import custom_metrics
from experiments.custom_metrics import MetricFields
from experiments.models import CountedValue, CustomMetric, Experiment, Store
from experiments.models.custom_metric import LONGEST_NAME, MOST_PER_TEST

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
LONGEST_TEXT = 150_000  # characters: as many SKUs as a metric can have, at their full length
LISTED = 5  # unknown SKUs that an error names


class MetricForm(forms.Form):
    """A metric of a store: its name, what is counted, and of which products."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("As reports show it, such as “Revenue from gift boxes”."),
        widget=forms.TextInput(attrs=CONTROL),
    )
    counted = forms.ChoiceField(
        label=_("What is counted"),
        choices=CountedValue.choices,
        widget=forms.Select(attrs=SELECT),
        help_text=_("Revenue is net of refunds. Every visitor counts, whether or not they buy the products."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The products are fixed at launch: products added to a category later aren't counted."),
    )
    skus = forms.CharField(
        label=_("SKUs"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, **CONTROL}),
        help_text=_("One per line, or separated by commas."),
    )

    def __init__(self, *args: Any, store: Store, metric: CustomMetric | None = None, **kwargs: Any) -> None:
        if metric is not None:
            kwargs["initial"] = {
                "name": metric.name,
                "counted": metric.counted,
                "categories": metric.categories,
                "skus": "\n".join(metric.skus),
            }
        super().__init__(*args, **kwargs)
        self.store, self.metric = store, metric
        choices: Any = self.fields["categories"]
        choices.choices = self.category_choices()

    def category_choices(self) -> list[tuple[str, str]]:
        """Return the store's categories with their numbers of products, and those that the metric has beside them."""
        known = categories_of(self.store)
        if self.metric is not None:
            for category in self.metric.categories:
                known.setdefault(category, 0)
        choices = []
        for category, products in known.items():
            text = ngettext("%(category)s (%(count)s product)", "%(category)s (%(count)s products)", products)
            choices.append((category, text % {"category": category, "count": products}))
        return choices

    def clean_skus(self) -> list[str]:
        """Return the SKUs, each once. Raises ``ValidationError`` naming those that the catalog doesn't know."""
        typed = self.cleaned_data["skus"].replace(",", "\n").splitlines()
        skus = sorted({sku.strip() for sku in typed} - {""})
        known = set(Product.objects.filter(store=self.store, sku__in=skus).values_list("sku", flat=True))
        if self.metric is not None:
            # what was there may stay, whether or not it is still sold
            known.update(self.metric.skus)
        unknown = [sku for sku in skus if sku not in known]
        if unknown:
            text = ngettext(
                "The catalog has no product with this SKU: %(skus)s.",
                "The catalog has no products with these SKUs: %(skus)s.",
                len(unknown),
            )
            raise ValidationError(text % {"skus": ", ".join(unknown[:LISTED])})
        return skus

    def save_as(self, actor: str) -> CustomMetric | None:
        """Define the metric, or change the one that the form was opened with; None where that isn't possible, and the
        form says why."""
        fields = MetricFields(**{name: self.cleaned_data[name] for name in custom_metrics.FIELDS})
        try:
            if self.metric is None:
                return custom_metrics.define(self.store, fields, actor=actor)
            custom_metrics.change(self.metric, fields, actor=actor)
        except ValidationError as error:
            self.add_error(None, error)
            return None
        return self.metric


class ChoiceForm(forms.Form):
    """The custom metrics of a draft."""

    metrics = forms.ModelMultipleChoiceField(
        label=_("Custom metrics"),
        queryset=CustomMetric.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        kwargs["initial"] = {"metrics": list(experiment.chosen_metrics.values_list("metric", flat=True))}
        super().__init__(*args, **kwargs)
        self.experiment = experiment
        choices: Any = self.fields["metrics"]
        choices.queryset = experiment.store.custom_metrics.active()
        choices.help_text = gettext("Up to %(most)s. They never decide the test.") % {"most": MOST_PER_TEST}

    def save_as(self, actor: str) -> bool:
        """Give the draft the chosen metrics; False where that isn't possible, and the form says why."""
        try:
            custom_metrics.choose(self.experiment, list(self.cleaned_data["metrics"]), actor=actor)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True
