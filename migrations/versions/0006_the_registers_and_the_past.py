"""The registers, and the past they take over

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

import sqlalchemy as sa
from alembic import op

from coopgov.core.db import append_only_ddl

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

STATES = ('sent', 'waiting', 'examined', 'sealing', 'sealed', 'discarded', 'failed')


def upgrade() -> None:
    _add_indexes()
    _add_pasts()
    _add_codes_and_proofs()


def downgrade() -> None:
    _drop_codes_and_proofs()
    for table in ('past_seal', 'past_file', 'past_batch'):
        op.drop_table(table)
    _drop_indexes()


def _add_indexes() -> None:
    # What was written after an instant: a register is told as it was known.
    op.create_index('ix_share_tx_recorded_at', 'share_tx', ['recorded_at'], unique=False)
    op.create_index('ix_capital_tx_recorded_at', 'capital_tx', ['recorded_at'], unique=False)


def _drop_indexes() -> None:
    op.drop_index('ix_capital_tx_recorded_at', table_name='capital_tx')
    op.drop_index('ix_share_tx_recorded_at', table_name='share_tx')


def _add_pasts() -> None:
    op.create_table('past_batch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='batchstate', native_enum=False, length=40), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('mapping', sa.Text(), nullable=False),
    sa.Column('balance', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_batch'))
    )
    op.create_index('ix_past_batch_state', 'past_batch', ['state', 'id'], unique=False)
    op.create_table('past_file',
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['past_batch.id'], name=op.f('fk_past_file_batch_id')),
    sa.PrimaryKeyConstraint('batch_id', 'name', name=op.f('pk_past_file'))
    )
    op.create_table('past_seal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('files', sa.Text(), nullable=False),
    sa.Column('mapping', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('report', sa.Text(), nullable=False),
    sa.Column('report_sha256', sa.String(length=64), nullable=False),
    sa.Column('members', sa.Integer(), nullable=False),
    sa.Column('share_from', sa.Integer(), nullable=False),
    sa.Column('share_until', sa.Integer(), nullable=False),
    sa.Column('capital_from', sa.Integer(), nullable=False),
    sa.Column('capital_until', sa.Integer(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed_by', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_seal')),
    sa.UniqueConstraint('sha256', name=op.f('uq_past_seal_sha256'))
    )
    for verb in ('UPDATE', 'DELETE'):
        op.execute(append_only_ddl('past_seal', verb)[op.get_bind().dialect.name])


def _add_codes_and_proofs() -> None:
    op.create_table('integrity_proof',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('proved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('faults', sa.Integer(), nullable=False),
    sa.Column('heads', sa.Text(), nullable=False),
    sa.Column('report', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_integrity_proof')),
    )
    op.create_index('ix_integrity_proof_proved_at', 'integrity_proof', ['proved_at'], unique=False)
    op.create_table('share_certificate',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['issued_document.id'], name=op.f('fk_share_certificate_document_id')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_share_certificate_membership_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_share_certificate')),
    sa.UniqueConstraint('document_id', name=op.f('uq_share_certificate_document_id')),
    )
    op.create_index('ix_share_certificate_membership_id', 'share_certificate', ['membership_id', 'issued_at'], unique=False)
    for table in ('integrity_proof', 'share_certificate'):
        for verb in ('UPDATE', 'DELETE'):
            op.execute(append_only_ddl(table, verb)[op.get_bind().dialect.name])


def _drop_codes_and_proofs() -> None:
    op.drop_table('share_certificate')
    op.drop_table('integrity_proof')
