"""Importing and exporting in the admin: a page above the list."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from checkout_widgets.catalogue_files import FileImport
from experiments.admin.tenancy import EDITORS, VIEWERS, limited
from experiments.models import Store
from experiments.tables import COMMA, POINT, UPLOAD, BadFile

MAX_BYTES = 20_000_000
Importer = Callable[..., FileImport]
# What errors say of the command's options, and what there is in its place on the page.
ON_PAGE = {
    " or add --skip-bad-rows": ", or import only the good rows",
    ", or say which it is with --column": "",
    " (--decimal point)": " in this form",
    " (--decimal comma)": " in this form",
}


def for_page(text: str) -> str:
    """An importer's message without the options of the command, which the page doesn't have."""
    for option, instead in ON_PAGE.items():
        text = text.replace(option, instead)
    return text


class FileForm(forms.Form):
    """A file for one of the stores that the user may change."""

    store = forms.ModelChoiceField(queryset=Store.objects.none(), widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(label="What it is", widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget,
        help_text="A table exported from a spreadsheet or a shop, plain or gzipped. At most 20 MB.",
    )
    decimal = forms.ChoiceField(
        label="Decimal sign",
        choices=[
            ("", "Automatic: a comma if semicolons separate the columns"),
            (POINT, "Point: 9.90"),
            (COMMA, "Comma: 9,90"),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    is_skipping_bad_rows = forms.BooleanField(
        label="Import only the good rows if some are bad", required=False, widget=UnfoldBooleanWidget
    )

    def __init__(self, *args: Any, request: HttpRequest, kinds: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = limited(Store.objects.all(), request, EDITORS)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(name, name) for name in kinds]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Small enough to be read at once."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("The file is larger than 20 MB: split it, or use the command.")
        return file


class WithFiles:
    """Adds *Import* and *Export* to a model's list. ``importers`` by what they are called; ``exporter`` writes CSV."""

    importers: dict[str, Importer]
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

    @action(description="Import…", url_path="to-import")  # type: ignore[untyped-decorator]
    def import_file(self, request: HttpRequest) -> HttpResponse:
        """To the page that imports."""
        return HttpResponseRedirect(reverse(f"admin:checkout_widgets_{self.opts.model_name}_import"))  # type: ignore[attr-defined]

    @action(description="Export…", url_path="to-export")  # type: ignore[untyped-decorator]
    def export_file(self, request: HttpRequest) -> HttpResponse:
        """To the page that exports."""
        return HttpResponseRedirect(reverse(f"admin:checkout_widgets_{self.opts.model_name}_export"))  # type: ignore[attr-defined]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file; then say what came of it, row by row where one is bad."""
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = FileForm(*posted, request=request, kinds=self.importers)
        if request.method == "POST" and form.is_valid():
            result = self.read(form)
            if result is not None:
                level = messages.WARNING if result.bad_rows else messages.SUCCESS
                messages.add_message(
                    request, level, for_page("\n".join(filter(None, (result.text(), result.error_text()))))
                )
                return HttpResponseRedirect(reverse(f"admin:checkout_widgets_{self.opts.model_name}_changelist"))  # type: ignore[attr-defined]
        return self.page(request, "Import", {"form": form, "columns": self.columns})

    def read(self, form: FileForm) -> FileImport | None:
        """Import what the form has; None where the file can't be read, and the form says why."""
        data = form.cleaned_data
        file: BinaryIO = data["file"].file
        try:
            return self.importers[data["kind"]](
                file,
                data["store"],
                is_skipping_bad_rows=data["is_skipping_bad_rows"],
                decimal=data["decimal"] or None,
                limits=UPLOAD,
            )
        except BadFile as error:
            form.add_error("file", for_page(str(error)))
        return None

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of one store as a file; asks which where there are several."""
        stores = limited(Store.objects.order_by("name"), request, VIEWERS)
        chosen = stores.filter(slug=request.GET.get("store", "")).first()
        if chosen is None:
            return self.page(request, "Export", {"stores": stores})
        text = io.StringIO()
        self.exporter(text, chosen)
        name = f"{chosen.slug}-{self.opts.model_name}s.csv"  # type: ignore[attr-defined]
        return HttpResponse(
            text.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def page(self, request: HttpRequest, title: str, context: dict[str, Any]) -> TemplateResponse:
        """One of the two pages."""
        noun = self.opts.verbose_name_plural  # type: ignore[attr-defined]
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": f"{title} {noun}",
            "opts": self.opts,  # type: ignore[attr-defined]
            **context,
        }
        return TemplateResponse(request, f"admin/checkout_widgets/{title.lower()}.html", shown)
