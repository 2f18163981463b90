"""A test's life: launched, watched, looked at, ramped up, paused and ended, with its cap and the store's holdout."""
