"""Webhooks: what committed, delivered to addresses outside."""
