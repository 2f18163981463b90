"""What the CRO team reads and does in the console: a folder per page, which computes nothing."""
