"""Advice on a widget's words, by rules alone, in four languages: what sells plainly, what presses, what isn't true."""
