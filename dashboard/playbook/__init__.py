"""The playbook: finished tests with what was learned, and a search over them."""
