"""What shop systems deliver about a store's orders: checked, stored, and answered at once, processed later by a job."""
