"""Changing tables with millions of rows while a shop goes on writing to them: in parts and in batches."""
