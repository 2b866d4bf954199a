"""Pages of the engine: they serve every tracked table."""
