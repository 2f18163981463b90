"""What a verdict may use of time and error: thresholds, looks and their bounds. Knows nothing of metrics or reports."""
