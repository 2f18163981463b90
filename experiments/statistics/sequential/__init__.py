"""Looking early without a higher error: planned looks by error spending, all others by a confidence sequence."""
