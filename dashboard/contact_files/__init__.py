"""Files of contacts and opt-outs: uploaded by a store's admins, checked first, and imported once they say so."""
