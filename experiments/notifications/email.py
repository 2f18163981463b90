"""How an e-mail is laid out: the same words as plain text and as HTML, each with its links and why it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from experiments.models import Store
from experiments.page_links import LinkedPage, link_to


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSection:
    """What is said of one test, or of something else.

    - ``title``: empty where the e-mail's own says it; ``facts``: names with their values.
    - ``report_url``: where more is to be read, empty for nowhere; ``link_text``: what is opened there, where it isn't a
      report.
    """

    title: str = ""
    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    report_url: str = ""
    link_text: str = ""

    @property
    def link_label(self) -> str:
        """What the link says."""
        return self.link_text or _("Open report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail to members of a store, who choose which ones to get; or to somebody else.

    - ``store``: none where it is about the reader's own account.
    - ``note``: what stands at its foot, where the reader can't choose it; empty where they can.
    """

    store: Store | None
    subject: str
    heading: str
    sections: Sequence[EmailSection]
    note: str = ""

    @property
    def text(self) -> str:
        """The e-mail as plain text."""
        parts = [self.heading]
        for section in self.sections:
            parts += text_parts(section)
        foot = self.note
        if not foot:
            foot = f"{self.why_sent} {self.choice}: {self.account_url}"
        return "\n\n".join([*parts, f"-- \n{foot}"]) + "\n"

    @property
    def html(self) -> str:
        """The e-mail as HTML, which loads nothing: many programs block what does, and no one may know who reads it."""
        return render_to_string("experiments/email.html", {"email": self})

    @property
    def why_sent(self) -> str:
        """Why the reader gets it."""
        if self.store is None:
            return ""
        return _("You get this email because you are a member of %(store)s in Offerlift.") % {"store": self.store.name}

    @property
    def choice(self) -> str:
        """What the link to the account is for."""
        return _("Choose your emails")

    @property
    def account_url(self) -> str:
        """Where the reader chooses which e-mails to get."""
        return f"{settings.CONSOLE_URL}{link_to(LinkedPage.ACCOUNT)}"


def text_parts(section: EmailSection) -> list[str]:
    """Return a section's paragraphs as plain text."""
    parts = list(section.paragraphs)
    if section.title:
        # Underlined, as plain text has no other way to say where the next test begins.
        parts.insert(0, f"{section.title}\n{'-' * len(section.title)}")
    if section.facts:
        parts.append("\n".join(f"{name}: {value}" for name, value in section.facts))
    if section.report_url:
        parts.append(f"{section.link_label}: {section.report_url}")
    return parts
