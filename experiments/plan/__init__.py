"""Thresholds, looks, and their bounds: how much time and error a verdict may use. No metrics, no reports."""
