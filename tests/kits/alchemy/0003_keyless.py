import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade():
    op.create_table("keyless", sa.Column("status", sa.String, nullable=False))
    op.track("keyless", category="ORDER_STATUS")


def downgrade():
    op.drop_table("keyless")
