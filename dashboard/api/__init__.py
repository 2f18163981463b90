"""The read API: a store's tests, reports, snapshots and events as JSON, for whoever holds one of its tokens."""
