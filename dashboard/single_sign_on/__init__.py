"""Single sign-on by OpenID Connect: a provider says who somebody is, and its groups give and take roles."""
