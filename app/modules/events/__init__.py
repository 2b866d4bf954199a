"""Events under moderation."""
