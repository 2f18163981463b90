"""A store's own metrics: defined, changed and archived by its editors, and chosen for a draft before its launch."""
