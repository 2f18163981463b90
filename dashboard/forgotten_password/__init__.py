"""A forgotten password: a link by email, asked for and answered alike whether or not the address is known."""
