"""The parties

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

REASONS = (
    'own_will', 'new_activity', 'end_of_activity', 'retirement', 'economic_dismissal', 'unfit', 'dismissal',
    'contract_term', 'unpaid_calls', 'breach_of_statutes', 'harm_done', 'conditions_lost', 'dissolved', 'no_room',
    'incomplete', 'outside_purpose', 'other',
)


def upgrade() -> None:
    _add_columns()
    _add_representatives()
    _add_merges()
    _add_deaths()


def downgrade() -> None:
    for table in ('heir', 'death_file', 'party_merge', 'joint_holder', 'party_representative'):
        op.drop_table(table)
    # In place: a table rebuilt on SQLite would lose its triggers.
    op.drop_column('role_mandate_end', 'reason')
    op.drop_column('role_mandate_end', 'cause')
    op.drop_column('party', 'salt')
    op.drop_column('party_contact', 'reason')
    op.drop_column('party_contact', 'proof')
    op.drop_column('membership_event', 'document_id')
    op.drop_column('membership_event', 'reason_code')


def _add_columns() -> None:
    op.add_column('membership_event', sa.Column('reason_code', sa.Enum(*REASONS, name='reasoncode', native_enum=False, length=40), nullable=True))
    op.add_column('membership_event', sa.Column('document_id', sa.Uuid(), nullable=True))
    op.add_column('party', sa.Column('salt', sa.LargeBinary(), nullable=True))
    op.add_column('party_contact', sa.Column('proof', sa.String(length=300), nullable=True))
    op.add_column('party_contact', sa.Column('reason', sa.String(length=300), nullable=True))
    op.add_column('role_mandate_end', sa.Column('cause', sa.Enum('resigned', 'revoked', 'left', 'died', 'mistake', name='endcause', native_enum=False, length=40), nullable=True))
    op.add_column('role_mandate_end', sa.Column('reason', sa.String(length=300), nullable=True))


def _add_representatives() -> None:
    op.create_table('party_representative',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('office', sa.String(length=120), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.Column('proof', sa.String(length=300), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.CheckConstraint('until_day IS NULL OR until_day >= from_day', name=op.f('ck_party_representative_days_in_order')),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_party_representative_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_representative'))
    )
    op.create_index('ix_party_representative_party_id', 'party_representative', ['party_id', 'from_day'], unique=False)
    op.create_index('uq_party_representative_in_force', 'party_representative', ['party_id'], unique=True, sqlite_where=sa.text('until_day IS NULL'), postgresql_where=sa.text('until_day IS NULL'))
    op.create_table('joint_holder',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_joint_holder_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_joint_holder'))
    )
    op.create_index('ix_joint_holder_party_id', 'joint_holder', ['party_id', 'from_day'], unique=False)


def _add_merges() -> None:
    op.create_table('party_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('party_id', sa.Uuid(), nullable=False),
    sa.Column('into_party_id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_by', sa.String(length=80), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=80), nullable=False),
    sa.Column('undone_for', sa.String(length=300), nullable=False),
    sa.CheckConstraint('party_id <> into_party_id', name=op.f('ck_party_merge_two_parties')),
    sa.ForeignKeyConstraint(['event_id'], ['membership_event.id'], name=op.f('fk_party_merge_event_id')),
    sa.ForeignKeyConstraint(['into_party_id'], ['party.id'], name=op.f('fk_party_merge_into_party_id')),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_party_merge_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_merge'))
    )
    op.create_index('ix_party_merge_into_party_id', 'party_merge', ['into_party_id'], unique=False)
    op.create_index('uq_party_merge_in_force', 'party_merge', ['party_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))


def _add_deaths() -> None:
    op.create_table('death_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('died_on', sa.Date(), nullable=False),
    sa.Column('notary', sa.String(length=300), nullable=False),
    sa.Column('proof', sa.String(length=300), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('closed_for', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_death_file_membership_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_death_file'))
    )
    op.create_index(op.f('ix_death_file_membership_id'), 'death_file', ['membership_id'], unique=False)
    op.create_table('heir',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('reach', sa.String(length=300), nullable=False),
    sa.Column('wish', sa.Enum('unknown', 'apply', 'refund', name='heirwish', native_enum=False, length=40), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['death_file.id'], name=op.f('fk_heir_file_id')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_heir_membership_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heir'))
    )
    op.create_index('ix_heir_file_id', 'heir', ['file_id', 'name'], unique=False)
