"""What is due -> checks -> assignment -> exposure and send point -> message: in one transaction a batch."""
