"""From an empty database to this version and back: migrations, functions, roles, the embedded PostgreSQL."""
