"""Sends test orders as a store's shop would: as its shop system renders them, through the edge's own endpoints."""
