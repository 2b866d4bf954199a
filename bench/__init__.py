"""Measurements. Every number is a ratio against a named baseline that ran in the same minute on the same server."""
