"""Experiment -> report."""

from experiments.report import Report

__all__ = ["Report"]
