"""The demo's mailbox: every email of the demo is delivered here, and to nobody else."""
