"""What happens after the order: customers, what they agreed to, and the messages that they get."""

from django.utils.translation import gettext_noop as _

from dashboard.glossary.term import Section, Term

AFTER_THE_ORDER = Section(
    "after-the-order",
    _("After the order"),
    (
        Term(
            "contact",
            _("contact|contacts"),
            _("What is known of a customer beside the orders: addresses, consent, language, parcels, and problems."),
            is_everyday=True,
        ),
        Term(
            "journey",
            _("journey|journeys"),
            _("Messages that follow an event, such as an order or its delivery, until something ends them."),
            is_everyday=True,
        ),
        Term(
            "run",
            _("run|runs"),
            _("One customer's way through a journey, for one order."),
            is_everyday=True,
        ),
        Term(
            "send-point",
            _("send point|send points"),
            _(
                "The instant at which a message would go out, in the control group too. It is what a test of a message "
                "compares, and what caps count."
            ),
        ),
        Term(
            "held-back",
            _("held back"),
            _("Not sent, for one reason that the customer's page names, such as no consent or a return that is open."),
        ),
        Term(
            "suppression",
            _("suppression|suppressions"),
            _(
                "A note that an address must get no more messages. It names no customer, and stays when everything "
                "else is erased."
            ),
        ),
        Term(
            "soft-opt-in",
            _("soft opt-in"),
            _(
                "Offers of similar products to customers who haven't objected, where the law allows them without an "
                "agreement."
            ),
        ),
        Term(
            "cohort",
            _("cohort|cohorts"),
            _("Customers who placed their first order in the same month."),
        ),
        Term(
            "repeat-rate",
            _("repeat rate|repeat rates"),
            _("The share of customers who ordered again within a number of days of their first order."),
        ),
        Term(
            "retention",
            _("retention"),
            _("The share of customers who still order after some time: in a span of days after the first order."),
        ),
        Term(
            "lifetime-value",
            _("lifetime value|CLV"),
            _("What a customer spends with a store from the first order to the last, less refunds."),
        ),
        Term(
            "churn-risk",
            _("churn risk"),
            _("How likely it is that a customer has left for good. It is estimated from past orders."),
        ),
        Term(
            "replenishment",
            _("replenishment"),
            _("Buying the same product again because it is used up."),
        ),
    ),
)
