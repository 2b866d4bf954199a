import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.execute("select jalon.add_category('STEP', 'Steps'), jalon.set_code('STEP', '1', is_initial => true)")
    op.execute("create schema if not exists depot")
    op.create_table(
        "O'parcels",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("status", sa.String, server_default="NEW", nullable=False),
        sa.Column('Step "n"', sa.Integer, server_default="1", nullable=False),
        schema="depot",
    )
    columns = {"status": "ORDER_STATUS", 'Step "n"': "STEP"}
    op.track('depot."O\'parcels"', columns=columns, name="parcels", on_delete="refuse", add_missing_codes=False)


def downgrade():
    op.untrack('depot."O\'parcels"')
    op.drop_table("O'parcels", schema="depot")
