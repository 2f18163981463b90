"""The sizes from which figures are read, and those at which they can't be trusted. One owner for each number."""

# Fewer buyers in a variant say nothing: the tails of every test that we know are wrong there.
BUYERS_FOR_ANY_TEST = 10
# A running test is read many times, and needs more: the always-valid interval holds from here on.
BUYERS_FOR_EARLY_LOOKS = 100
# Weekdays and weekends differ, so a verdict waits for one whole week.
DAYS_NEEDED = 7
# The region of practical equivalence: lifts smaller than this make no difference that matters.
ROPE = 0.02
# An expected loss below this share of control's value is negligible.
NEGLIGIBLE_LOSS_SHARE = 0.0025

# A running test can be given up where the chance of a win by its planned end is below the first, and would be below the
# second if the effect were the one that the plan finds with 80%: that costs such effects less than a point of power
# (docs/statistics.md has the simulation).
FUTILE_CHANCE, FUTILE_AT_PLANNED_EFFECT = 0.05, 0.10

# The cap on order values is where this share of a store's past orders lies below.
CAP_SHARE = 0.99
# Two orders above the 99th percentile: with fewer, a single order would set the cap.
ORDERS_FOR_A_CAP = 200
# The cart's value adjusts a comparison only where so many exposures carry one: the others count as the mean.
COVERAGE_NEEDED = 0.95

# The split is called broken below this p-value (Fabijan et al. 2019 use 0.001 to 0.01).
SAMPLE_RATIO_ALARM = 0.001
# Half of that for readings at any time, half for the one at the planned end: together no sound test in 1,000 is called
# broken, however often anybody looks.
SAMPLE_RATIO_ALARM_PART = SAMPLE_RATIO_ALARM / 2
# Carts of two variants differ before the offer below this p-value, in variants with at least so many visitors.
BALANCE_ALARM, VISITORS_TO_COMPARE_CARTS = 0.001, 500
# More visitors in two variants than this share dilute an effect, and hint at a broken identity.
CONFLICTING_ALARM = 0.01
# More days without data than this share of the test's days leave out too much of the week.
GAP_ALARM = 0.1

# An outcome is mature at the age by which so much of the order value has arrived. What is still missing then biases a
# lift by less than a tenth of its standard error (docs/statistics.md has the simulation).
COMPLETE_SHARE = 0.985
# Fewer orders than this don't tell how long orders take.
ORDERS_FOR_A_CURVE = 100
# Fewer refunds than this don't tell when refunds come.
REFUNDS_FOR_A_CURVE = 20
# Variants are said to take unequally long below this p-value; it is read every day.
DELAY_ALARM = 0.001
# A result that the prior says is rarer than this contradicts it: the report says so.
PRIOR_CONFLICT = 0.01
# An effect is said to change with the days below this p-value, of the first days against the rest (one-sided) or of the
# thirds of the run. Sound wins are held up about as seldom (docs/statistics.md has the simulation).
DAY_EFFECT_ALARM = 0.02
