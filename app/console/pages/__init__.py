"""Pages of the engine: whatever is under Jalon has them."""
