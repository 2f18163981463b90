"""What each term means: a file for each section of the glossary."""
