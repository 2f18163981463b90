"""A draft from a template."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from checkout_widgets.edge.running_order import pairs_of
from checkout_widgets.launching.new_offers import plain_pair_offer
from checkout_widgets.launching.signals import draft_audience
from checkout_widgets.launching.sizing import plan_for_template
from checkout_widgets.launching.templates import GUARDED, Template, TemplateSecond, TemplateTreatment
from checkout_widgets.models import NextWidget, Offer, Widget
from checkout_widgets.pair_offers import RANKS
from experiments import audit
from experiments.discussion.ownership import owner_named
from experiments.models import AuditAction, Covariate, Experiment, Moment, Store, Variant
from experiments.plan.guarding import effective_guardrails

LONGEST_DAYS = 10 * 52 * 7  # a small store may need years: the page says so, and accepts it


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChoices:
    """What somebody chose for a draft; what is left out is the template's.

    ``offers`` are the store's, as the template numbers them; a treatment without one gets its widget later, and the
    checklist says so. ``planned_sample`` is per variant. ``covariates`` adjust the results: all unless some are chosen,
    since one that explains nothing costs next to nothing.
    """

    key: str
    name: str
    hypothesis: str = ""
    offers: Sequence[Offer | None] = ()
    moment: Moment | None = None
    planned_sample: int | None = None
    planned_days: int | None = None
    covariates: Sequence[str] = tuple(Covariate.values)


def usual_choices(
    template: Template,
    store: Store,
    *,
    moment: Moment | None = None,
    sample: int | None = None,
    days: int | None = None,
) -> DraftChoices:
    """Return what a draft begins with where nobody chose anything else: its size is what the store's own figures ask
    for. A ``sample`` per variant was planned by somebody with their own figures, and goes before it."""
    moment, days = moment or template.moment, days or template.planned_days
    if sample is None:
        size = plan_for_template(template, store, moment, timezone.now())
        if size is not None:
            sample = size.per_variant
            days = min(max(days, size.days or 0), LONGEST_DAYS)
    return DraftChoices(
        key=free_key(template, store), name=template.name, moment=moment, planned_sample=sample, planned_days=days
    )


def free_key(template: Template, store: Store) -> str:
    """Return a key made of the template's name that the store doesn't have yet."""
    slug = slugify(template.name)[:56].strip("-")  # a key has 64 characters: there is room for a number
    return store.free_key(slug or template.key)


def create_draft(template: Template, store: Store, choices: DraftChoices, *, actor: str) -> Experiment:
    """Create a draft with variants and first words, complete but for what only the store knows.

    Raises ``ValueError`` for another store's offer, ``django.db.IntegrityError`` for a key that the store has already.
    """
    # A crafted form could name any offer: one store must never sell another's.
    refuse_foreign(choices.offers, store)
    experiment = experiment_of(template, store, choices.moment or template.moment)
    experiment.key, experiment.name = choices.key, choices.name
    experiment.hypothesis = choices.hypothesis or experiment.hypothesis
    experiment.planned_days = choices.planned_days or template.planned_days
    experiment.planned_looks = experiment.planned_days  # one a day
    experiment.planned_sample = choices.planned_sample
    experiment.covariates = list(choices.covariates)
    experiment.owner = owner_named(actor, store)
    # All or nothing: half a draft would keep the key, and could neither be launched nor be made again.
    with transaction.atomic():
        save_draft(experiment, template, choices.offers, actor)
    return experiment


def experiment_of(template: Template, store: Store, moment: Moment) -> Experiment:
    """Return what a template says of an experiment in this store, at this moment; it isn't saved yet."""
    aim = draft_audience(template, moment, store, timezone.now())
    return Experiment(
        store=store,
        moment=moment,
        hypothesis=template.hypothesis_shown(aim.shown),
        targeting=aim.rules,
        guardrails=effective_guardrails(GUARDED, moment),
        attribution_window_days=template.window_days,
    )


def save_draft(experiment: Experiment, template: Template, offers: Sequence[Offer | None], actor: str) -> None:
    """Save the draft with its variants, and note in the audit trail who made it."""
    experiment.save(force_insert=True)
    create_variants(experiment, template, offers)
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.CREATED,
        actor=actor,
        detail={"template": template.key},
    )


def refuse_foreign(offers: Sequence[Offer | None], store: Store) -> None:
    """Raise ``ValueError`` for another store's offer."""
    for offer in offers:
        if offer is not None and offer.store_id != store.pk:
            raise ValueError("An offer belongs to another store.")


def create_variants(experiment: Experiment, template: Template, offers: Sequence[Offer | None]) -> None:
    """Create the control and the treatments, each with its offer where one is chosen."""
    Variant.objects.create(experiment=experiment, key="control", name=_("Control"), is_control=True)
    numbered = dict(enumerate(offers)) or offers_of_pairs(experiment.store, template)
    for arm in template.arms:
        variant = create_treatment(experiment, arm, numbered.get(arm.offer))
        if arm.second is not None:
            create_second(variant, arm.second, numbered.get(arm.second.offer))


def offers_of_pairs(store: Store, template: Template) -> dict[int, Offer]:
    """Return the offers of pairs that a template asks for, by its numbers; none unless the store has pairs for all."""
    asked = {}
    for arm in template.arms:
        if arm.pairing:
            asked[arm.offer] = arm
    if not asked:
        return {}
    known = pairs_of(store)
    for arm in asked.values():
        if not known.has_any(RANKS[arm.pairing], arm.pair_source):
            return {}
    offers = {}
    for number, arm in asked.items():
        offers[number] = plain_pair_offer(store, arm.pairing, arm.pair_source)
    return offers


def create_second(variant: Variant, second: TemplateSecond, offer: Offer | None) -> None:
    """Create what a treatment shows second, where it is known what that sells."""
    if offer is not None:
        words = {"headline": second.headline, "reason": second.reason}
        NextWidget.objects.create(variant=variant, after=second.after, offer=offer, **words)


def create_treatment(experiment: Experiment, arm: TemplateTreatment, offer: Offer | None) -> Variant:
    """Create a treatment, with its widget where it is known what it sells."""
    variant = Variant.objects.create(experiment=experiment, key=arm.key, name=arm.name, is_page_own=arm.is_page_own)
    if offer is not None and not arm.is_page_own:
        Widget.objects.create(
            variant=variant,
            offer=offer,
            layout=arm.layout,
            headline=arm.headline,
            body=arm.body,
            reason=arm.reason,
            accept_label=arm.accept_label,
        )
    return variant
