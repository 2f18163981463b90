"""Where raw events are kept: in PostgreSQL, and on ClickHouse once nothing counts them any more."""
