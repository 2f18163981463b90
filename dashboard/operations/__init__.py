"""What an operator's own systems read: health and metrics."""
