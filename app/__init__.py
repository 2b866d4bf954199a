"""Jalon keeps the status of records honest, inside PostgreSQL."""

__version__ = "0.2.0"
