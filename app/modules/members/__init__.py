"""Members: people and their roles, and how these changed."""
