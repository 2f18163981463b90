"""Settings, URLs and entry points, the processes of the product, and the embedded PostgreSQL."""
