"""Whether a sender's messages arrive and are wanted: counts by day, the limits, and the pause where one is crossed."""
