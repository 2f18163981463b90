"""The one estimate of each metric, made step by step from what was observed."""
