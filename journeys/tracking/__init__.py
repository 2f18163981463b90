"""What mail providers say of messages: verified, kept as it came, and read by the worker."""
