"""The movements of money

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
The new index and column of capital_tx lock it for less than a second a million lines.
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_runs()
    _add_bank()
    _add_prepared()


def downgrade() -> None:
    op.drop_table('capital_request')
    _remove_bank()
    _remove_runs()


# Runs and the lines of interest are never rewritten; capital moves in its forms, with the shares it answers.
MONEY_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER capital_run_no_update BEFORE UPDATE ON capital_run BEGIN SELECT RAISE(ABORT, 'capital_run is append-only'); END",
        "CREATE TRIGGER capital_run_no_delete BEFORE DELETE ON capital_run BEGIN SELECT RAISE(ABORT, 'capital_run is append-only'); END",
        "CREATE TRIGGER capital_run_reversal_no_update BEFORE UPDATE ON capital_run_reversal BEGIN SELECT RAISE(ABORT, 'capital_run_reversal is append-only'); END",
        "CREATE TRIGGER capital_run_reversal_no_delete BEFORE DELETE ON capital_run_reversal BEGIN SELECT RAISE(ABORT, 'capital_run_reversal is append-only'); END",
        "CREATE TRIGGER interest_line_no_update BEFORE UPDATE ON interest_line BEGIN SELECT RAISE(ABORT, 'interest_line is append-only'); END",
        "CREATE TRIGGER interest_line_no_delete BEFORE DELETE ON interest_line BEGIN SELECT RAISE(ABORT, 'interest_line is append-only'); END",
        "CREATE TRIGGER capital_tx_guarded AFTER INSERT ON capital_tx BEGIN SELECT CASE WHEN NOT (NEW.seq = 1 AND NEW.prev_hash = '0000000000000000000000000000000000000000000000000000000000000000') AND NOT EXISTS (SELECT 1 FROM capital_tx p WHERE p.seq = NEW.seq - 1 AND p.hash = NEW.prev_hash) THEN RAISE(ABORT, 'capital_tx: the next line follows the last one') WHEN NEW.effective_on <= (SELECT max(through_date) FROM period_close) THEN RAISE(ABORT, 'capital_tx: the register of that day is closed') WHEN coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed FROM two_person_rule r WHERE r.book = 'capital' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false)) THEN RAISE(ABORT, 'capital_tx: another person approves it') WHEN trim(NEW.resolution) = '' AND instr('|loss|make_repayable|transfer|incorporate|prescribe|interest_declared|', '|' || NEW.kind || '|') > 0 THEN RAISE(ABORT, 'capital_tx: it needs a decision') END WHERE true; SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM capital_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs) THEN RAISE(ABORT, 'capital_tx: a reversal undoes an earlier first-hand line') END WHERE NEW.reverses_seq IS NOT NULL; SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c WHERE c.day >= NEW.late_for AND date(c.day, '+1 day') = NEW.effective_on) THEN RAISE(ABORT, 'capital_tx: a late line takes the first open day') END WHERE NEW.late_for IS NOT NULL; END",
        "CREATE TRIGGER capital_leg_guarded AFTER INSERT ON capital_leg BEGIN SELECT CASE WHEN NEW.line < 1 OR NEW.line > coalesce((SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq AND effective_on = NEW.effective_on), 0) THEN RAISE(ABORT, 'capital_leg: a leg is one of its transaction, on its day') END WHERE true; SELECT CASE WHEN EXISTS (SELECT 1 FROM (SELECT l.*, d.kind, d.legs, d.share_tx_seq FROM capital_leg l JOIN capital_tx d ON d.seq = l.tx_seq WHERE l.tx_seq = NEW.tx_seq) GROUP BY tx_seq HAVING count(*) <> min(legs)) OR EXISTS (SELECT 1 FROM (SELECT * FROM capital_leg WHERE tx_seq = NEW.tx_seq) GROUP BY tx_seq, tx_seq HAVING sum(cents) <> 0) THEN RAISE(ABORT, 'capital_leg: the legs do not add up to zero') WHEN EXISTS (SELECT 1 FROM (SELECT * FROM capital_tx WHERE seq = NEW.tx_seq) d JOIN capital_leg l ON l.tx_seq IN (d.seq, d.reverses_seq) WHERE d.reverses_seq IS NOT NULL GROUP BY d.seq, membership_id, bucket HAVING sum(cents) <> 0) THEN RAISE(ABORT, 'capital_leg: a reversal is exact') WHEN EXISTS (SELECT 1 FROM (SELECT membership_id, bucket, effective_on AS since, tx_seq AS first FROM capital_leg WHERE tx_seq = NEW.tx_seq AND cents < 0 AND instr('|subscribed_uncalled|called_unpaid|paid_up|repayable|suspense|interest_due|', '|' || bucket || '|') > 0) t WHERE 0 > CASE WHEN EXISTS (SELECT 1 FROM capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket AND (l.effective_on, l.tx_seq) > (t.since, t.first)) THEN (SELECT min(r.held) FROM (SELECT sum(l.cents) OVER (ORDER BY l.effective_on, l.tx_seq) AS held FROM capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) r) ELSE (SELECT sum(l.cents) FROM capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) END) THEN RAISE(ABORT, 'capital_leg: a balance would fall below zero') WHEN EXISTS (SELECT 1 FROM (SELECT l.*, d.kind, d.legs, d.share_tx_seq FROM capital_leg l JOIN capital_tx d ON d.seq = l.tx_seq WHERE l.tx_seq = NEW.tx_seq) l WHERE l.kind <> 'reversal' AND instr('|call+called_unpaid|call+subscribed_uncalled|call-claim|call-subscribed_uncalled|gift+reserve|gift-interest_due|gift-repayable|gift-suspense|incorporate+paid_up|incorporate-reserve|interest_declared+interest_due|interest_declared-reserve|interest_paid+bank|interest_paid-interest_due|interest_withheld+tax_due|interest_withheld-interest_due|loss+claim|loss+loss_borne|loss-called_unpaid|loss-paid_up|loss-repayable|loss-subscribed_uncalled|make_repayable+claim|make_repayable+repayable|make_repayable-called_unpaid|make_repayable-paid_up|make_repayable-subscribed_uncalled|opening+called_unpaid|opening+paid_up|opening+repayable|opening+subscribed_uncalled|opening+suspense|opening-bank|opening-claim|overpay+called_unpaid|overpay+subscribed_uncalled|overpay+suspense|overpay-bank|overpay-claim|overpay-paid_up|pay+claim|pay+paid_up|pay-bank|pay-called_unpaid|pay-subscribed_uncalled|prescribe+reserve|prescribe-repayable|prescribe-suspense|remainder+claim|remainder+repayable|remainder-called_unpaid|remainder-paid_up|remainder-subscribed_uncalled|repay+bank|repay-repayable|repay-suspense|set_off+claim|set_off+paid_up|set_off-called_unpaid|set_off-repayable|set_off-subscribed_uncalled|set_off-suspense|tax_paid+bank|tax_paid-tax_due|transfer+called_unpaid|transfer+claim|transfer+paid_up|transfer+subscribed_uncalled|transfer-called_unpaid|transfer-claim|transfer-paid_up|transfer-subscribed_uncalled|', '|' || l.kind || CASE WHEN l.cents > 0 THEN '+' ELSE '-' END || l.bucket || '|') = 0) THEN RAISE(ABORT, 'capital_leg: this kind does not move that bucket that way') WHEN EXISTS (SELECT 1 FROM (SELECT * FROM capital_leg WHERE tx_seq = NEW.tx_seq) WHERE instr('|claim|called_unpaid|subscribed_uncalled|', '|' || bucket || '|') > 0 GROUP BY tx_seq, membership_id HAVING sum(cents) <> 0) THEN RAISE(ABORT, 'capital_leg: what is not paid is a claim') WHEN EXISTS (SELECT 1 FROM (SELECT l.*, d.kind, d.legs, d.share_tx_seq FROM capital_leg l JOIN capital_tx d ON d.seq = l.tx_seq WHERE l.tx_seq = NEW.tx_seq) l WHERE instr('|subscribed_uncalled|called_unpaid|paid_up|', '|' || l.bucket || '|') > 0 GROUP BY l.tx_seq, l.membership_id, l.share_tx_seq, l.effective_on HAVING sum(l.cents) <> 0 AND (l.share_tx_seq IS NULL OR NOT EXISTS (SELECT 1 FROM share_tx s WHERE s.seq = l.share_tx_seq AND s.effective_on = l.effective_on) OR (SELECT sum(o.cents) FROM capital_tx p JOIN capital_leg o ON o.tx_seq = p.seq WHERE p.share_tx_seq = l.share_tx_seq AND o.membership_id = l.membership_id AND instr('|subscribed_uncalled|called_unpaid|paid_up|', '|' || o.bucket || '|') > 0) <> (SELECT coalesce(sum(h.qty * h.unit_cents), 0) FROM share_leg h WHERE h.tx_seq = l.share_tx_seq AND h.membership_id = l.membership_id))) THEN RAISE(ABORT, 'capital_leg: capital moves with shares of that value, on their day') END WHERE NEW.line = (SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq); END",
        "CREATE TRIGGER capital_run_guarded AFTER INSERT ON capital_run BEGIN SELECT CASE WHEN NEW.attempt <> (SELECT count(*) FROM capital_run WHERE kind = NEW.kind AND year = NEW.year) OR EXISTS (SELECT 1 FROM capital_run r WHERE r.kind = NEW.kind AND r.year = NEW.year AND r.id <> NEW.id AND NOT EXISTS (SELECT 1 FROM capital_run_reversal x WHERE x.run_id = r.id)) THEN RAISE(ABORT, 'capital_run: a run is done once for a year, and again only when it is undone') END WHERE true; END",
        "CREATE TRIGGER capital_run_reversal_guarded AFTER INSERT ON capital_run_reversal BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM capital_tx t WHERE t.run_id = NEW.run_id AND t.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM capital_tx r WHERE r.reverses_seq = t.seq)) THEN RAISE(ABORT, 'capital_run_reversal: a run is undone as a whole') END WHERE true; END",
    ],
    'postgresql': [
        'CREATE TRIGGER capital_run_no_update BEFORE UPDATE ON capital_run FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER capital_run_no_delete BEFORE DELETE OR TRUNCATE ON capital_run FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER capital_run_reversal_no_update BEFORE UPDATE ON capital_run_reversal FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER capital_run_reversal_no_delete BEFORE DELETE OR TRUNCATE ON capital_run_reversal FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER interest_line_no_update BEFORE UPDATE ON interest_line FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER interest_line_no_delete BEFORE DELETE OR TRUNCATE ON interest_line FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION capital_tx_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NOT (NEW.seq = 1 AND NEW.prev_hash = '0000000000000000000000000000000000000000000000000000000000000000') AND NOT EXISTS (SELECT 1 FROM capital_tx p WHERE p.seq = NEW.seq - 1 AND p.hash = NEW.prev_hash))) THEN 'capital_tx: the next line follows the last one' WHEN EXISTS (SELECT 1 FROM added AS new WHERE NEW.reverses_seq IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM capital_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs))) THEN 'capital_tx: a reversal undoes an earlier first-hand line' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.effective_on <= (SELECT max(through_date) FROM period_close))) THEN 'capital_tx: the register of that day is closed' WHEN EXISTS (SELECT 1 FROM added AS new WHERE NEW.late_for IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c WHERE c.day >= NEW.late_for AND c.day + 1 = NEW.effective_on))) THEN 'capital_tx: a late line takes the first open day' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed FROM two_person_rule r WHERE r.book = 'capital' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false)))) THEN 'capital_tx: another person approves it' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (trim(NEW.resolution) = '' AND strpos('|loss|make_repayable|transfer|incorporate|prescribe|interest_declared|', '|' || NEW.kind || '|') > 0)) THEN 'capital_tx: it needs a decision' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER capital_tx_guarded AFTER INSERT ON capital_tx REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION capital_tx_guarded()',
        "CREATE OR REPLACE FUNCTION capital_leg_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN WITH done AS MATERIALIZED (SELECT d.* FROM added a JOIN capital_tx d ON d.seq = a.tx_seq WHERE a.line = d.legs), moved AS MATERIALIZED (SELECT l.*, d.kind, d.legs, d.share_tx_seq FROM done d JOIN capital_leg l ON l.tx_seq = d.seq) SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.line < 1 OR NEW.line > coalesce((SELECT legs FROM capital_tx WHERE seq = NEW.tx_seq AND effective_on = NEW.effective_on), 0))) THEN 'capital_leg: a leg is one of its transaction, on its day' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.membership_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.id = NEW.membership_id))) THEN 'capital_leg: a leg is that of a member there is' WHEN EXISTS (SELECT 1 FROM moved GROUP BY tx_seq HAVING count(*) <> min(legs)) OR EXISTS (SELECT 1 FROM moved GROUP BY tx_seq, tx_seq HAVING sum(cents) <> 0) THEN 'capital_leg: the legs do not add up to zero' WHEN EXISTS (SELECT 1 FROM done d JOIN capital_leg l ON l.tx_seq IN (d.seq, d.reverses_seq) WHERE d.reverses_seq IS NOT NULL GROUP BY d.seq, membership_id, bucket HAVING sum(cents) <> 0) THEN 'capital_leg: a reversal is exact' WHEN EXISTS (SELECT 1 FROM (SELECT membership_id, bucket, min(effective_on) AS since, min(tx_seq) AS first FROM moved WHERE cents < 0 AND strpos('|subscribed_uncalled|called_unpaid|paid_up|repayable|suspense|interest_due|', '|' || bucket || '|') > 0 GROUP BY membership_id, bucket) t WHERE 0 > CASE WHEN EXISTS (SELECT 1 FROM capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket AND (l.effective_on, l.tx_seq) > (t.since, t.first)) THEN (SELECT min(r.held) FROM (SELECT sum(l.cents) OVER (ORDER BY l.effective_on, l.tx_seq) AS held FROM capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) r) ELSE (SELECT sum(l.cents) FROM capital_leg l WHERE l.membership_id = t.membership_id AND l.bucket = t.bucket) END) THEN 'capital_leg: a balance would fall below zero' WHEN EXISTS (SELECT 1 FROM moved l WHERE l.kind <> 'reversal' AND strpos('|call+called_unpaid|call+subscribed_uncalled|call-claim|call-subscribed_uncalled|gift+reserve|gift-interest_due|gift-repayable|gift-suspense|incorporate+paid_up|incorporate-reserve|interest_declared+interest_due|interest_declared-reserve|interest_paid+bank|interest_paid-interest_due|interest_withheld+tax_due|interest_withheld-interest_due|loss+claim|loss+loss_borne|loss-called_unpaid|loss-paid_up|loss-repayable|loss-subscribed_uncalled|make_repayable+claim|make_repayable+repayable|make_repayable-called_unpaid|make_repayable-paid_up|make_repayable-subscribed_uncalled|opening+called_unpaid|opening+paid_up|opening+repayable|opening+subscribed_uncalled|opening+suspense|opening-bank|opening-claim|overpay+called_unpaid|overpay+subscribed_uncalled|overpay+suspense|overpay-bank|overpay-claim|overpay-paid_up|pay+claim|pay+paid_up|pay-bank|pay-called_unpaid|pay-subscribed_uncalled|prescribe+reserve|prescribe-repayable|prescribe-suspense|remainder+claim|remainder+repayable|remainder-called_unpaid|remainder-paid_up|remainder-subscribed_uncalled|repay+bank|repay-repayable|repay-suspense|set_off+claim|set_off+paid_up|set_off-called_unpaid|set_off-repayable|set_off-subscribed_uncalled|set_off-suspense|tax_paid+bank|tax_paid-tax_due|transfer+called_unpaid|transfer+claim|transfer+paid_up|transfer+subscribed_uncalled|transfer-called_unpaid|transfer-claim|transfer-paid_up|transfer-subscribed_uncalled|', '|' || l.kind || CASE WHEN l.cents > 0 THEN '+' ELSE '-' END || l.bucket || '|') = 0) THEN 'capital_leg: this kind does not move that bucket that way' WHEN EXISTS (SELECT 1 FROM moved WHERE strpos('|claim|called_unpaid|subscribed_uncalled|', '|' || bucket || '|') > 0 GROUP BY tx_seq, membership_id HAVING sum(cents) <> 0) THEN 'capital_leg: what is not paid is a claim' WHEN EXISTS (SELECT 1 FROM moved l WHERE strpos('|subscribed_uncalled|called_unpaid|paid_up|', '|' || l.bucket || '|') > 0 GROUP BY l.tx_seq, l.membership_id, l.share_tx_seq, l.effective_on HAVING sum(l.cents) <> 0 AND (l.share_tx_seq IS NULL OR NOT EXISTS (SELECT 1 FROM share_tx s WHERE s.seq = l.share_tx_seq AND s.effective_on = l.effective_on) OR (SELECT sum(o.cents) FROM capital_tx p JOIN capital_leg o ON o.tx_seq = p.seq WHERE p.share_tx_seq = l.share_tx_seq AND o.membership_id = l.membership_id AND strpos('|subscribed_uncalled|called_unpaid|paid_up|', '|' || o.bucket || '|') > 0) <> (SELECT coalesce(sum(h.qty * h.unit_cents), 0) FROM share_leg h WHERE h.tx_seq = l.share_tx_seq AND h.membership_id = l.membership_id))) THEN 'capital_leg: capital moves with shares of that value, on their day' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER capital_leg_guarded AFTER INSERT ON capital_leg REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION capital_leg_guarded()',
        "CREATE OR REPLACE FUNCTION capital_run_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.attempt <> (SELECT count(*) FROM capital_run WHERE kind = NEW.kind AND year = NEW.year) OR EXISTS (SELECT 1 FROM capital_run r WHERE r.kind = NEW.kind AND r.year = NEW.year AND r.id <> NEW.id AND NOT EXISTS (SELECT 1 FROM capital_run_reversal x WHERE x.run_id = r.id)))) THEN 'capital_run: a run is done once for a year, and again only when it is undone' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER capital_run_guarded AFTER INSERT ON capital_run REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION capital_run_guarded()',
        "CREATE OR REPLACE FUNCTION capital_run_reversal_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (EXISTS (SELECT 1 FROM capital_tx t WHERE t.run_id = NEW.run_id AND t.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM capital_tx r WHERE r.reverses_seq = t.seq)))) THEN 'capital_run_reversal: a run is undone as a whole' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER capital_run_reversal_guarded AFTER INSERT ON capital_run_reversal REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION capital_run_reversal_guarded()',
    ],
}


# One trigger of a table looks for all of it from now on; those of the first version come back when this is undone.
GUARDED = ('capital_tx', 'capital_leg', 'capital_run', 'capital_run_reversal')
GUARDS_BEFORE = (
    ('capital_tx_in_order', 'capital_tx'),
    ('capital_tx_reversal', 'capital_tx'),
    ('capital_leg_sealed', 'capital_leg'),
    ('capital_leg_balanced', 'capital_leg'),
    ('capital_leg_exact', 'capital_leg'),
    ('capital_leg_never_negative', 'capital_leg'),
)


def _drop_guard(trigger: str, table: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER {trigger}')
        return
    op.execute(f'DROP TRIGGER {trigger} ON {table}')
    op.execute(f'DROP FUNCTION {trigger}()')


def _guard_as_before() -> None:
    first = op.get_context().script.get_revision('0001').module
    for statement in first.TRIGGERS[op.get_bind().dialect.name]:
        if any(trigger in statement for trigger, _table in GUARDS_BEFORE):
            op.execute(statement)


def _add_runs() -> None:
    # Added in place: a table rebuilt on SQLite would lose its triggers.
    op.add_column('capital_tx', sa.Column('late_for', sa.Date(), nullable=True))
    op.create_index(
        'ix_capital_tx_run_id', 'capital_tx', ['run_id'], unique=False,
        sqlite_where=sa.text('run_id IS NOT NULL'), postgresql_where=sa.text('run_id IS NOT NULL'),
    )
    op.create_table('capital_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('interest', 'interest_payment', 'losses', name='runkind', native_enum=False, length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.CheckConstraint('attempt > 0', name=op.f('ck_capital_run_attempt')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_capital_run')),
    sa.UniqueConstraint('kind', 'year', 'attempt', name=op.f('uq_capital_run_kind_year_attempt'))
    )
    op.create_table('capital_run_reversal',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['capital_run.id'], name=op.f('fk_capital_run_reversal_run_id')),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_capital_run_reversal'))
    )
    op.create_table('interest_line',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('days_of_year', sa.Integer(), nullable=False),
    sa.Column('base_cents', sa.BigInteger(), nullable=False),
    sa.Column('rate', sa.String(length=20), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['lot_id'], ['share_lot.id'], name=op.f('fk_interest_line_lot_id')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_interest_line_membership_id')),
    sa.ForeignKeyConstraint(['run_id'], ['capital_run.id'], name=op.f('fk_interest_line_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'line', name=op.f('pk_interest_line'))
    )
    op.create_index('ix_interest_line_run_id', 'interest_line', ['run_id', 'membership_id'], unique=False)
    for trigger, table in GUARDS_BEFORE:
        _drop_guard(trigger, table)
    # The guard looks for these rows too, once for all.
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('fk_capital_leg_tx_seq_effective_on', 'capital_leg', type_='foreignkey')
        op.drop_constraint('fk_capital_leg_membership_id', 'capital_leg', type_='foreignkey')
    for statement in MONEY_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(':', '\\:')))


def _remove_runs() -> None:
    for table in GUARDED:
        _drop_guard(f'{table}_guarded', table)
    _guard_as_before()
    if op.get_bind().dialect.name == 'postgresql':
        op.create_foreign_key(
            'fk_capital_leg_tx_seq_effective_on', 'capital_leg', 'capital_tx',
            ['tx_seq', 'effective_on'], ['seq', 'effective_on'],
        )
        op.create_foreign_key('fk_capital_leg_membership_id', 'capital_leg', 'membership', ['membership_id'], ['id'])
    op.drop_index('ix_interest_line_run_id', table_name='interest_line')
    op.drop_table('interest_line')
    op.drop_table('capital_run_reversal')
    op.drop_table('capital_run')
    op.drop_index('ix_capital_tx_run_id', table_name='capital_tx')
    op.drop_column('capital_tx', 'late_for')


# An account that was written down stays readable.
BANK_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER bank_account_no_update BEFORE UPDATE ON bank_account BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END",
        "CREATE TRIGGER bank_account_no_delete BEFORE DELETE ON bank_account BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END",
    ],
    'postgresql': [
        'CREATE TRIGGER bank_account_no_update BEFORE UPDATE ON bank_account FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER bank_account_no_delete BEFORE DELETE OR TRUNCATE ON bank_account FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
    ],
}


def _add_bank() -> None:
    op.create_table('bank_account',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('holder', sa.String(length=70), nullable=False),
    sa.Column('iban', sa.String(length=34), nullable=False),
    sa.Column('bic', sa.String(length=11), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_account'))
    )
    op.create_table('transfer_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.String(length=35), nullable=False),
    sa.Column('state', sa.Enum('drafted', 'released', 'executed', 'dropped', name='filestate', native_enum=False, length=40), nullable=False),
    sa.Column('pay_on', sa.Date(), nullable=False),
    sa.Column('iban', sa.String(length=34), nullable=False),
    sa.Column('total_cents', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('drafted_by', sa.String(length=80), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.String(length=80), nullable=True),
    sa.Column('executed_on', sa.Date(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=80), nullable=True),
    sa.CheckConstraint("(state = 'executed') = (executed_on IS NOT NULL)", name=op.f('ck_transfer_file_executed_on_a_day')),
    sa.CheckConstraint("state NOT IN ('released', 'executed') OR released_by IS NOT NULL", name=op.f('ck_transfer_file_released_first')),
    sa.CheckConstraint('released_by IS NULL OR released_by <> drafted_by', name=op.f('ck_transfer_file_two_persons')),
    sa.CheckConstraint('total_cents > 0 AND lines > 0', name=op.f('ck_transfer_file_numbers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_file')),
    sa.UniqueConstraint('message_id', name=op.f('uq_transfer_file_message_id')),
    sa.UniqueConstraint('sha256', name=op.f('uq_transfer_file_sha256'))
    )
    op.create_index('ix_transfer_file_drafted_at', 'transfer_file', ['drafted_at', 'id'], unique=False)
    op.create_table('transfer_line',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=70), nullable=False),
    sa.Column('iban', sa.String(length=34), nullable=False),
    sa.Column('end_to_end_id', sa.String(length=35), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('repaid_seq', sa.Integer(), nullable=True),
    sa.CheckConstraint('cents > 0', name=op.f('ck_transfer_line_positive')),
    sa.ForeignKeyConstraint(['file_id'], ['transfer_file.id'], name=op.f('fk_transfer_line_file_id')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_transfer_line_membership_id')),
    sa.ForeignKeyConstraint(['repaid_seq'], ['capital_tx.seq'], name=op.f('fk_transfer_line_repaid_seq')),
    sa.PrimaryKeyConstraint('file_id', 'line', name=op.f('pk_transfer_line')),
    sa.UniqueConstraint('end_to_end_id', name=op.f('uq_transfer_line_end_to_end_id')),
    sa.UniqueConstraint('repaid_seq', name=op.f('uq_transfer_line_repaid_seq'))
    )
    op.create_index('ix_transfer_line_open', 'transfer_line', ['membership_id'], unique=True, sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))
    for statement in BANK_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _remove_bank() -> None:
    op.drop_table('transfer_line')
    op.drop_table('transfer_file')
    op.drop_table('bank_account')


def _add_prepared() -> None:
    op.create_table('capital_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('call', 'pay', 'overpay', 'set_off', 'loss', 'make_repayable', 'remainder', 'transfer', 'incorporate', 'repay', 'prescribe', 'gift', 'interest_declared', 'interest_withheld', 'interest_paid', 'tax_paid', 'reversal', 'opening', name='capitalkind', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'accepted', 'refused', 'executed', 'withdrawn', name='requeststate', native_enum=False, length=40), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=True),
    sa.Column('run_id', sa.Uuid(), nullable=True),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.Enum('subscribed_uncalled', 'called_unpaid', 'paid_up', 'claim', 'repayable', 'loss_borne', 'interest_due', 'tax_due', 'bank', 'reserve', 'suspense', name='bucket', native_enum=False, length=40), nullable=True),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('true_on', sa.Date(), nullable=True),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.Column('reverses_seq', sa.Integer(), nullable=True),
    sa.Column('acknowledged', sa.Text(), nullable=False),
    sa.Column('weighed', sa.String(length=64), nullable=False),
    sa.Column('drafted_by', sa.String(length=80), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_by', sa.String(length=80), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('executed_tx', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL OR run_id IS NOT NULL)", name=op.f('ck_capital_request_reversal')),
    sa.CheckConstraint("(run_id IS NULL) = (membership_id IS NOT NULL) AND (run_id IS NULL OR reverses_seq IS NULL)", name=op.f('ck_capital_request_whose')),
    sa.CheckConstraint("(state = 'executed') = (executed_tx IS NOT NULL) OR state = 'executed' AND run_id IS NOT NULL", name=op.f('ck_capital_request_executed')),
    sa.CheckConstraint("cents > 0 OR kind = 'reversal'", name=op.f('ck_capital_request_cents')),
    sa.CheckConstraint("state <> 'executed' OR answered_by IS NOT NULL AND answered_by <> drafted_by", name=op.f('ck_capital_request_two_persons')),
    sa.ForeignKeyConstraint(['executed_tx'], ['capital_tx.seq'], name=op.f('fk_capital_request_executed_tx')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_capital_request_membership_id')),
    sa.ForeignKeyConstraint(['reverses_seq'], ['capital_tx.seq'], name=op.f('fk_capital_request_reverses_seq')),
    sa.ForeignKeyConstraint(['run_id'], ['capital_run.id'], name=op.f('fk_capital_request_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_capital_request')),
    sa.UniqueConstraint('executed_tx', name=op.f('uq_capital_request_executed_tx'))
    )
    op.create_index('ix_capital_request_membership_id', 'capital_request', ['membership_id'], unique=False)
    op.create_index('ix_capital_request_state', 'capital_request', ['state', 'drafted_at', 'id'], unique=False)
