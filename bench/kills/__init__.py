"""What is lost when processes are killed, stopped, or out of disk space: ``python -m bench.kills``."""
