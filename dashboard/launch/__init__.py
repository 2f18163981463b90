"""From an idea to a draft: choose a template; and what a launch needs."""
