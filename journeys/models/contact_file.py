"""A file of contacts, or of opt-outs, that an admin uploaded: checked at once, taken in by the worker."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class ContactFileKind(models.TextChoices):
    """What the rows of a file are."""

    CONTACTS = "contacts", _("Contacts with their consent")
    OPT_OUTS = "opt_outs", _("Opt-outs")


class ContactFileState(models.TextChoices):
    """How far a file is."""

    CHECKED = "checked", _("Checked, not imported yet")
    WAITING = "waiting", _("Waiting for the worker")
    IMPORTING = "importing", _("Importing")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")


class ContactFile(models.Model):
    """An uploaded file: what the check found in it, and how far its import is.

    ``sealed`` is the file itself, encrypted like an address with the key that ``key_id`` names; empty once it is
    imported. ``rows`` are those that can be imported, ``done`` how many of them are. ``errors`` say what is wrong with
    the first of the ``bad_rows``, and quote nothing of them. ``outcome`` counts what came of the rows, by name.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="contact_files", db_index=False, verbose_name=_("store")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=ContactFileKind.choices)
    state = models.CharField(
        _("state"), max_length=16, choices=ContactFileState.choices, default=ContactFileState.CHECKED
    )
    sealed = models.BinaryField(_("encrypted file"), default=b"")
    key_id = models.CharField(_("key"), max_length=16)
    uploaded_by = models.CharField(_("uploaded by"), max_length=150)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows imported"), default=0)
    bad_rows = models.PositiveIntegerField(_("rows with errors"), default=0)
    errors = models.JSONField(_("errors"), default=list, blank=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    outcome = models.JSONField(_("outcome"), default=dict, blank=True)

    class Meta:
        verbose_name = _("contact file")
        verbose_name_plural = _("contact files")
        ordering = ("-uploaded_at", "-pk")
        indexes = (
            # a store's newest files, on the page and to remove those that nobody imported
            models.Index(fields=("store", "-uploaded_at"), name="contact_file_store_newest"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.uploaded_at:%Y-%m-%d %H:%M}"

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has it, or will."""
        return self.state in (ContactFileState.WAITING, ContactFileState.IMPORTING)

    @property
    def percent_done(self) -> int:
        """How much of its rows is imported, from 0 to 100."""
        if not self.rows:
            return 100
        return self.done * 100 // self.rows
