"""The words of members know their order

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.

The words are copied beside the place of their member in the list: `member_word` is locked a few seconds with 100,000
members, searches wait.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

TOLD = {'sqlite': "' ' || group_concat(word, ' ')", 'postgresql': "' ' || string_agg(word, ' ')"}
KEPT = (
    'CREATE TEMPORARY TABLE word_kept AS SELECT w.word, m.sort_name, m.number, a.words FROM member_word w'
    ' JOIN membership m ON m.id = w.membership_id'
    ' JOIN (SELECT membership_id, {told} AS words FROM member_word GROUP BY membership_id) a ON a.membership_id = m.id'
)


def upgrade() -> None:
    op.execute(KEPT.format(told=TOLD[op.get_bind().dialect.name]))
    op.drop_table('member_word')
    op.create_table('member_word',
    sa.Column('word', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.Column('sort_name', sa.String(length=250).with_variant(sa.String(length=250, collation='C'), 'postgresql'), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['membership.number'], name=op.f('fk_member_word_number')),
    sa.PrimaryKeyConstraint('word', 'sort_name', 'number', name=op.f('pk_member_word')),
    sqlite_with_rowid=False
    )
    op.execute('INSERT INTO member_word (word, sort_name, number, words) SELECT * FROM word_kept ORDER BY 1, 2, 3')
    op.execute('DROP TABLE word_kept')


def downgrade() -> None:
    op.execute(
        'CREATE TEMPORARY TABLE word_kept AS SELECT w.word, m.id FROM member_word w JOIN membership m ON m.number = w.number'
    )
    op.drop_table('member_word')
    op.create_table('member_word',
    sa.Column('word', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_member_word_membership_id')),
    sa.PrimaryKeyConstraint('word', 'membership_id', name=op.f('pk_member_word'))
    )
    op.execute('INSERT INTO member_word (word, membership_id) SELECT * FROM word_kept')
    op.execute('DROP TABLE word_kept')
    with op.batch_alter_table('member_word', schema=None) as batch_op:
        batch_op.create_index('ix_member_word_membership_id', ['membership_id', 'word'], unique=False)
