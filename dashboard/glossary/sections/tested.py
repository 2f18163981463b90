"""What is tested: the people, the places and the versions of a test."""

from django.utils.translation import gettext_noop as _

from dashboard.glossary.term import Section, Term

TESTED = Section(
    "tested",
    _("What is tested"),
    (
        Term(
            "store", _("store"), _("A shop. Members, tests, offers, and orders belong to one store."), is_everyday=True
        ),
        Term(
            "visitor",
            _("visitor|visitors"),
            _("Someone who shops in the store, known by a random ID. A test assigns visitors to variants."),
            is_everyday=True,
        ),
        Term(
            "customer",
            _("customer|customers"),
            _(
                "Someone who has ordered, known by the shop's ID or by a hash of the email address, on whatever "
                "device. A test of a message assigns customers to variants."
            ),
            is_everyday=True,
        ),
        Term(
            "unit",
            _("unit|units"),
            _("Whom a test assigns and counts: visitors at a moment of the checkout, customers in a message."),
            is_everyday=True,
        ),
        Term(
            "moment",
            _("moment|moments"),
            _(
                "The point in the checkout where an offer can appear: cart, shipping, payment, exit intent, "
                "confirmation, or follow-up email."
            ),
            is_everyday=True,
        ),
        Term(
            "trigger",
            _("trigger|triggers"),
            _(
                "What must happen before a visitor counts: the offer's place scrolls into view, the pointer leaves "
                "the page, or the order is placed."
            ),
            is_everyday=True,
        ),
        Term(
            "reach",
            _("reach"),
            _(
                "How many visitors a test would get: last week's requests for offers, decided again with this test "
                "among those that run."
            ),
            is_everyday=True,
        ),
        Term(
            "test",
            _("test|tests|experiment|experiments"),
            _(
                "A comparison of one or more offers with a control at one moment. The API and the code call it an "
                "experiment."
            ),
            is_everyday=True,
        ),
        Term(
            "variant",
            _("variant|variants"),
            _("One of the versions that a test compares: the control or a treatment."),
            is_everyday=True,
        ),
        Term(
            "control",
            _("control"),
            _("The variant that shows no offer. Treatments are compared with it."),
            is_everyday=True,
        ),
        Term("treatment", _("treatment|treatments"), _("A variant that shows an offer."), is_everyday=True),
        Term(
            "offer",
            _("offer|offers"),
            _("What is sold: products, their price, and the kind of offer, such as a cross-sell or an upgrade."),
            is_everyday=True,
        ),
        Term("widget", _("widget|widgets"), _("How an offer looks: its text, layout, and theme."), is_everyday=True),
        Term(
            "sequence",
            _("sequence|sequences"),
            _(
                "Two offers in a row at the confirmation, tested as one treatment: which comes second depends on the "
                "answer to the first."
            ),
        ),
        Term(
            "holdout",
            _("holdout"),
            _(
                "A share of visitors who never see an offer, or of customers who never get a message. Comparing them "
                "with everyone else shows what all offers or all messages earn together."
            ),
        ),
        Term("traffic-share", _("traffic share"), _("The share of visitors who take part in a test.")),
        Term(
            "targeting",
            _("targeting"),
            _("The rules that decide which visitors a test is for, such as their device, country, or cart value."),
        ),
        Term(
            "ramp",
            _("ramp|ramp-up"),
            _("Starting a test with a small share of traffic and raising it step by step."),
        ),
        Term(
            "roll-out",
            _("roll out|rolled out|rollout"),
            _("To show a variant to all visitors, once a test has shown that it is better."),
        ),
    ),
)
