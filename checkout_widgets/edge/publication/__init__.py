"""The configuration as sealed files, which the worker writes and edges follow, so that deciding needs no database."""
