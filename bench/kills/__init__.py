"""What is lost when processes are killed, asked to end or out of disk space: ``python -m bench.kills``."""
