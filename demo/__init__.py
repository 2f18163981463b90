"""A small real shop that embeds the snippet as any store would, its tests, and simulated traffic for them."""
