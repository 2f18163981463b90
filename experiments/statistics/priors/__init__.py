"""How large effects usually are, learnt from other tests, and what that makes of one test's own figures."""
