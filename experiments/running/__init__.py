"""A test's life: started, watched, looked at, ramped up, paused and ended; caps and holdouts that go with it."""
