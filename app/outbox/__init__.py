"""The outbox: committed messages, delivered to webhooks."""
