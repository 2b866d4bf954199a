"""Events under moderation."""

SCHEMA = "event"
