"""The read API: a store's tests, reports, snapshots, and events as JSON, for clients with one of its tokens."""
