"""Vectors of evidence bundles: their form, and what they prove."""
