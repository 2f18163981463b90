"""What a worker hands over: marked in the database by the group, noted in a file one by one, put right after a kill."""
