"""In which language somebody reads."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_CODE = 8


class PersonLanguageQuerySet(models.QuerySet["PersonLanguage"]):
    """Languages of people."""

    def note_browser(self, user: User, language: str) -> None:
        """Keep which language the browser asked for."""
        self.update_or_create(user=user, defaults={"of_browser": language})

    def of(self, user: User) -> str:
        """Return in which language to write to somebody: English until more is known."""
        known = self.filter(user=user).first()
        if known is None:
            return settings.LANGUAGE_CODE
        return known.language

    def of_members(self, store_id: int) -> set[str]:
        """Return which languages a store's active members read, English left out: everything is in it anyway."""
        members = self.filter(user__memberships__store=store_id, user__is_active=True)
        return {row.language for row in members} - {settings.LANGUAGE_CODE}


class PersonLanguage(models.Model):
    """The language of a user's emails: the ``chosen`` one, else the one that the browser had at the last login."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    chosen = models.CharField(_("chosen language"), max_length=LONGEST_CODE, blank=True)
    of_browser = models.CharField(_("language of the browser"), max_length=LONGEST_CODE, blank=True)

    objects = PersonLanguageQuerySet.as_manager()

    class Meta:
        verbose_name = _("language of a user")
        verbose_name_plural = _("languages of users")

    def __str__(self) -> str:
        return f"{self.user}: {self.language}"

    @property
    def language(self) -> str:
        """The language to write in; English where that of a browser or of before isn't one of ours."""
        for language in (self.chosen, self.of_browser):
            if language in dict(settings.LANGUAGES):
                return language
        return settings.LANGUAGE_CODE
