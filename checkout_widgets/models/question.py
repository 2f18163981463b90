"""The question that a store asks on its confirmation page, and what shoppers answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store

LONGEST_QUESTION = 200
LONGEST_CHOICE = 80


class ConfirmationQuestion(models.Model):
    """A store's question. ``choices`` are ``{"tag", "text"}`` in the order in which they are shown.

    ``translations`` are texts by language: ``{"de": {"text": "...", "choices": {"size": "..."}}}``. ``number`` counts
    up whenever the tags change: answers to one number are answers to one question.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="confirmation_question", verbose_name=_("store")
    )
    is_on = models.BooleanField(_("shown"), default=False)
    is_score = models.BooleanField(_("asks for a score"), default=False)
    text = models.CharField(_("question"), max_length=LONGEST_QUESTION, blank=True)
    choices = models.JSONField(_("answers"), default=list, blank=True)
    translations = models.JSONField(_("translations"), default=dict, blank=True)
    number = models.PositiveIntegerField(_("number"), default=1)

    class Meta:
        verbose_name = _("question on the confirmation page")
        verbose_name_plural = _("questions on the confirmation page")

    def __str__(self) -> str:
        return self.text

    @property
    def tags(self) -> list[str]:
        """The tags that answers leave."""
        return [choice["tag"] for choice in self.choices]


class ConfirmationAnswer(models.Model):
    """What a visitor answered; ``customer_key`` is that of whoever placed the order, once an order says so.

    ``is_followed_up``: whether what follows from the answer for that customer has been done.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="confirmation_answers", db_index=False, verbose_name=_("store")
    )
    visitor_id = models.CharField(_("visitor"), max_length=64)
    number = models.PositiveIntegerField(_("number of the question"))
    tag = models.CharField(_("answer"), max_length=64)
    at = models.DateTimeField(_("at"))
    customer_key = models.CharField(_("customer"), max_length=62, blank=True, default="")
    is_followed_up = models.BooleanField(_("followed up"), default=False)

    class Meta:
        verbose_name = _("answer on the confirmation page")
        verbose_name_plural = _("answers on the confirmation page")
        constraints = (
            models.UniqueConstraint(
                fields=("store", "visitor_id", "number"), name="one_confirmation_answer_per_visitor_and_question"
            ),
        )
        indexes = (
            # Answers whose order may still come.
            models.Index(fields=("at",), condition=models.Q(is_followed_up=False), name="confirmation_answer_open"),
            # What a customer answered, for whoever asks or is to be forgotten.
            models.Index(
                fields=("store", "customer_key"),
                condition=~models.Q(customer_key=""),
                name="confirmation_answer_customer",
            ),
        )

    def __str__(self) -> str:
        return self.tag
