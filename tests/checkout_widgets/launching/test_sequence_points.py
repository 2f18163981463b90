"""What the checklist says of second offers."""

import pytest

from checkout_widgets.launching.checklist import checklist
from checkout_widgets.launching.duplication import duplicate
from checkout_widgets.launching.sequence_points import with_guardrails
from checkout_widgets.models import NextWidget
from experiments.models import Experiment, Variant
from tests import factories
from tests.checkout_widgets.launching.drafts import ready
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Experiment:
    experiment = ready(moment="confirmation")
    experiment.guardrails = with_guardrails(experiment)
    experiment.save()
    return experiment


@pytest.fixture
def treatment(draft) -> Variant:
    treatment: Variant = draft.variants.get(key="treatment")
    return treatment


def second(treatment: Variant, after: str = "declined", **fields: object) -> NextWidget:
    """A second offer that fits: another product, cheaper than the first."""
    offer = factories.make_offer(treatment.experiment.store, price_minor=fields.pop("price_minor", 500))
    made = factories.make_next_widget(treatment, after, offer, **fields)
    NextWidget.objects.update(updated_at=NOON)
    return made


def told(draft: Experiment) -> list[tuple[str, str, str]]:
    checks = checklist(draft, NOON)
    return [(check.code, check.state, check.text) for check in checks if check.code.startswith("sequence")]


def states(draft: Experiment) -> list[tuple[str, str]]:
    return [(code, state) for code, state, _ in told(draft)]


def test_draft_without_second_offers_hears_nothing_of_them(draft):
    assert told(draft) == []


@pytest.mark.slow
def test_second_offer_without_a_variant_that_shows_the_first_alone_is_a_warning(draft, treatment):
    second(treatment)
    assert states(draft) == [("sequence", "pass"), ("sequence", "warn")]
    assert "first offer alone" in told(draft)[1][2]
    alone = Variant.objects.create(experiment=draft, key="alone", name="Alone")
    factories.make_widget(alone)
    assert states(draft) == [("sequence", "pass")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"price_minor": 990}, "must cost less"),
        ({"layout": "bump"}, "checkbox or a dialog"),
        ({"phone_layout": "dialog"}, "checkbox or a dialog"),
    ],
)
def test_second_offer_that_does_not_fit_blocks(draft, treatment, fields, said):
    second(treatment, **fields)
    code, state, text = told(draft)[0]
    assert (code, state) == ("sequence", "fail")
    assert said in text


def test_each_fault_names_the_section_of_the_page_where_it_is_fixed(draft, treatment):
    """Of two treatments with second offers, the one whose own doesn't fit; of the first offer's layout, the first."""
    other = Variant.objects.create(experiment=draft, key="other", name="Other")
    first = factories.make_widget(other)
    second(treatment)
    unfit = second(other, price_minor=first.offer.price_minor)
    sections = {(check.code, check.state): check.section for check in checklist(draft, NOON) if check.section}
    assert sections["sequence", "fail"] == f"declined-{other.key}"
    unfit.offer.price_minor = 1
    unfit.offer.save()
    first.layout = "bump"
    first.save()
    sections = {(check.code, check.state): check.section for check in checklist(draft, NOON) if check.section}
    assert sections["sequence", "fail"] == f"treatment-{other.key}"
    assert sections["sequence", "warn"] == f"declined-{other.key}"


def test_what_was_just_accepted_is_not_offered_again(draft, treatment):
    factories.make_next_widget(treatment, "accepted", treatment.widget.offer)
    assert "was just accepted" in told(draft)[0][2]


def test_second_offer_of_a_replacement_blocks(draft, treatment):
    made = second(treatment, "accepted")
    made.offer.replaces = factories.make_product(draft.store)
    made.offer.save()
    assert "replaces a product" in told(draft)[0][2]


def test_offer_after_a_no_needs_guardrails_on_refunds_and_repeat_orders(draft, treatment):
    second(treatment)
    draft.guardrails = []
    draft.save()
    missing = [text for code, state, text in told(draft) if (code, state) == ("sequence_guardrails", "fail")]
    assert [text.rpartition("“")[2] for text in missing] == ["Refunded share of buyers”", "Orders per visitor”"]
    NextWidget.objects.update(after="accepted")
    assert "sequence_guardrails" not in dict(states(draft))


def test_second_offers_at_another_moment_are_said_not_to_be_shown(draft, treatment):
    second(treatment)
    draft.moment = "cart"
    draft.save()
    assert states(draft) == [("sequence", "warn")]


def test_duplicate_has_the_second_offers_too(draft, treatment):
    made = second(treatment, headline="A sample")
    copy = duplicate(experiment=draft, actor="ada")
    copied = NextWidget.objects.get(variant__experiment=copy)
    assert (copied.headline, copied.after, copied.offer_id) == ("A sample", "declined", made.offer_id)
    assert NextWidget.objects.count() == 2
