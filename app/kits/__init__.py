"""Thin helpers for frameworks. They hold no rule: they name who acts, and hand refusals on with what would be allowed.

Each imports its framework, which Jalon itself doesn't need: `jalon.kits.django`, `jalon.kits.sqlalchemy`,
`jalon.kits.alembic`; for Node there are files to copy in the folder `drizzle`.
"""
