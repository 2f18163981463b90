"""Importing and exporting in the admin: a page above the list."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from checkout_widgets.catalogue_files import FileImport, FileOptions
from experiments.admin.tenancy import EDITORS, VIEWERS, limited
from experiments.models import Store
from experiments.tables import COMMA, POINT, UPLOAD, BadFile

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_BYTES = 20_000_000  # packed or not; what it may unpack to is bounded by UPLOAD
Importer = Callable[[BinaryIO, Store, FileOptions], FileImport]


class FileForm(forms.Form):
    """A file for one of the stores that the user may change."""

    store = forms.ModelChoiceField(
        label=gettext_lazy("Store"), queryset=Store.objects.none(), widget=UnfoldAdminSelectWidget
    )
    kind = forms.ChoiceField(label=gettext_lazy("Content"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy("A table exported from a spreadsheet or a shop, plain or gzipped. At most 20 MB."),
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal sign"),
        choices=[
            ("", gettext_lazy("Automatic: a comma if semicolons separate the columns")),
            (POINT, gettext_lazy("Point: 9.90")),
            (COMMA, gettext_lazy("Comma: 9,90")),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    is_skipping_bad_rows = forms.BooleanField(
        label=gettext_lazy("Skip rows with errors and import the others"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, request: HttpRequest, kinds: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = limited(Store.objects.all(), request, EDITORS)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind, label) for kind, (label, _importer) in kinds.items()]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Return a file that is small enough to be read while the browser waits. Raises ``ValidationError``."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 20 MB. Split it, or use the command import_products.")
            )
        return file

    def options(self) -> FileOptions:
        """Return how the file is to be read."""
        return FileOptions(
            is_skipping_bad_rows=self.cleaned_data["is_skipping_bad_rows"],
            decimal=self.cleaned_data["decimal"] or None,
            limits=UPLOAD,
        )


class WithFiles:
    """Adds *Import* and *Export* to a model's list. ``importers`` are labeled; ``exporter`` writes CSV."""

    importers: dict[str, tuple[StrOrPromise, Importer]]
    exporter: ClassVar[Any]
    columns: tuple[str, ...]
    actions_list = ("import_file", "export_file")

    def get_urls(self) -> list[URLPattern]:
        """With the two pages."""
        name, wrap = f"checkout_widgets_{self.opts.model_name}", self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("import/", wrap(self.import_view), name=f"{name}_import"),
            path("export/", wrap(self.export_view), name=f"{name}_export"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @action(description=gettext_lazy("Import…"), url_path="to-import")  # type: ignore[untyped-decorator]
    def import_file(self, request: HttpRequest) -> HttpResponse:
        """To the page that imports."""
        return HttpResponseRedirect(self.address_of("import"))

    @action(description=gettext_lazy("Export…"), url_path="to-export")  # type: ignore[untyped-decorator]
    def export_file(self, request: HttpRequest) -> HttpResponse:
        """To the page that exports."""
        return HttpResponseRedirect(self.address_of("export"))

    def address_of(self, page: str) -> str:
        """Return the address of one of the model's pages."""
        return reverse(f"admin:checkout_widgets_{self.opts.model_name}_{page}")  # type: ignore[attr-defined]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file; then say what came of it, row by row where one is bad."""
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method == "POST":
            form = FileForm(request.POST, request.FILES, request=request, kinds=self.importers)
            if self.import_from(form, request):
                return HttpResponseRedirect(self.address_of("changelist"))
        else:
            form = FileForm(request=request, kinds=self.importers)
        return self.page(request, "import", _("Import"), {"form": form, "columns": self.columns})

    def import_from(self, form: FileForm, request: HttpRequest) -> bool:
        """Import what the form has, and tell the user what came of it; False where the form says why it can't be."""
        if not form.is_valid():
            return False
        data = form.cleaned_data
        try:
            _label, importer = self.importers[data["kind"]]
            options = replace(form.options(), actor=request.user.get_username())
            result = importer(data["file"].file, data["store"], options)
        except BadFile as error:
            form.add_error("file", str(error))
            return False
        if result.bad_rows:
            messages.warning(request, f"{result.text()}\n{result.error_text()}")
        else:
            messages.success(request, result.text())
        return True

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of one store as a file; asks which where there are several."""
        stores = limited(Store.objects.order_by("name"), request, VIEWERS)
        chosen = stores.filter(slug=request.GET.get("store", "")).first()
        if chosen is None:
            return self.page(request, "export", _("Export"), {"stores": stores})
        text = io.StringIO()
        self.exporter(text, chosen)
        name = f"{chosen.slug}-{self.opts.model_name}s.csv"  # type: ignore[attr-defined]
        return HttpResponse(
            text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def page(self, request: HttpRequest, name: str, action: str, context: dict[str, Any]) -> TemplateResponse:
        """One of the two pages; ``action`` is the verb of its title."""
        opts = self.opts  # type: ignore[attr-defined]
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("{action} {models}").format(action=action, models=opts.verbose_name_plural),
            "opts": opts,
            **context,
        }
        return TemplateResponse(request, f"admin/checkout_widgets/{name}.html", shown)
