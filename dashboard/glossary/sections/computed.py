"""What is computed: metrics, and how certain a result is."""

from django.utils.translation import gettext_noop as _

from dashboard.glossary.term import Section, Term

COMPUTED = Section(
    "computed",
    _("What is computed"),
    (
        Term(
            "rpv",
            _("revenue per visitor|RPV"),
            _(
                "A variant's net revenue divided by all its exposed visitors, whether they bought or not. The usual "
                "goal of a test."
            ),
        ),
        Term(
            "conversion",
            _("conversion"),
            _("The share of exposed visitors with at least one order. The usual guardrail."),
        ),
        Term(
            "margin",
            _("margin per visitor"),
            _("Net revenue from goods minus their cost, per exposed visitor. It needs the cost of every product sold."),
        ),
        Term(
            "aov",
            _("average order value|AOV"),
            _("Net revenue divided by orders. Revenue per visitor is orders per visitor times average order value."),
        ),
        Term(
            "custom-metric",
            _("custom metric|custom metrics"),
            _(
                "A metric that a store defines: revenue, units, or buyers of some products, per exposed visitor. It is "
                "chosen before a test's launch and never decides the test."
            ),
        ),
        Term("take-rate", _("take rate"), _("The share of exposed visitors who accepted the offer.")),
        Term(
            "lift",
            _("lift|lifts|relative effect"),
            _("How much more a treatment brings than the control, as a percentage of the control."),
        ),
        Term(
            "difference",
            _("difference|absolute effect"),
            _("A treatment's value minus the control's, in the metric's own unit."),
            is_everyday=True,
        ),
        Term(
            "confidence-interval",
            # xgettext:no-python-format
            _("confidence interval|confidence intervals|95% interval|interval"),
            # xgettext:no-python-format
            _("The range of effects that fit the data. In 95 of 100 tests, a 95% interval contains the true effect."),
        ),
        Term(
            "p-value",
            _("p-value|p-values"),
            _("How likely a difference of this size or more would be if the offer had no effect."),
        ),
        Term(
            "power",
            _("statistical power|power"),
            _("The chance that a test finds an effect of the size it was planned for."),
        ),
        Term(
            "goal-metric",
            _("goal metric|goal metrics"),
            _("The metric that decides a test. Secondary metrics only explain the result."),
        ),
        Term(
            "guardrail",
            _("guardrail|guardrails|guardrail metric"),
            _("A metric that must not get worse by more than a set margin, such as conversion."),
        ),
        Term(
            "cuped",
            _("CUPED"),
            _(
                "A method that removes differences between visitors that existed before the offer, here the value of "
                "the cart. Fewer visitors then give the same certainty (Deng, Xu, Kohavi, Walker, 2013)."
            ),
        ),
        Term(
            "srm",
            _("sample ratio mismatch|SRM"),
            _(
                "The split of visitors between variants is further from the plan than chance explains. Some visitors "
                "were lost or moved, so the results can't be trusted."
            ),
        ),
        Term(
            "mde",
            _("minimum detectable effect|MDE|smallest lift"),
            _("The smallest lift that a test of this size can find with the planned power."),
        ),
        Term(
            "rope",
            _("region of practical equivalence|ROPE"),
            _("The range of lifts too small to matter for the business."),
        ),
        Term(
            "look",
            _("planned look|planned looks"),
            _(
                "A scheduled analysis of a running test. Each look uses part of the allowed error, so looking early "
                "doesn't raise the risk of a false win."
            ),
        ),
        Term(
            "always-valid",
            _("always-valid interval"),
            _("A wider confidence interval that holds however often you look at the test."),
        ),
        Term("snapshot", _("snapshot|snapshots|stored report|stored reports"), _("The stored report of one analysis.")),
        Term(
            "prior",
            _("prior"),
            _(
                "What is assumed about a lift before the test starts, as learned from the store's past tests: most "
                "lifts are small."
            ),
        ),
        Term(
            "chance-to-win",
            _("chance to win"),
            _("How likely it is that the treatment beats the control, given the data and the prior."),
        ),
        Term(
            "expected-loss",
            _("expected loss"),
            _("What a decision costs on average if it turns out to be wrong, weighted by how likely that is."),
        ),
        Term(
            "corrected",
            _("corrected estimate|corrected for luck|shrunk estimate|shrunk"),
            _(
                "A measured effect weighed by how large effects usually are in the store's past tests, because winners "
                "look better than they are."
            ),
        ),
        Term(
            "capping",
            _("capping|capped"),
            _("Counting very large orders only up to a fixed amount, so that one order can't decide a test."),
        ),
    ),
)
