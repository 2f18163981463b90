"""Where messages lead: signed addresses that name no person, and last as long as the message can be found."""
