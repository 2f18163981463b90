"""Looking early without fooling oneself: planned looks by error spending, unplanned ones by a confidence sequence."""
