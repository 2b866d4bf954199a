"""The endpoints that serve every tracked table: records, workflows, categories, permissions, recaps."""
