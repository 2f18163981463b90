"""The read API: tests, reports, events, playbook, plans, and drafts of a store as JSON, for holders of its tokens."""
