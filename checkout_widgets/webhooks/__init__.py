"""What shop systems deliver about a store's orders: checked, kept and answered at once, read later by a job."""
