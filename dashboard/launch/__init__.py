"""From an idea to a running test: choose a template, fix the checklist, launch."""
