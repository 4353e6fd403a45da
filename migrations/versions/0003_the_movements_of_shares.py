"""The movements of shares

Rules: never import a model; schema and data in separate migrations; write append-only triggers here too
(`coopgov.core.db.append_only_ddl`); a change that rewrites a large table says how long it locks it.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a table rebuilt on SQLite would lose its triggers.
    op.add_column('share_tx', sa.Column('late_for', sa.Date(), nullable=True))
    _add_requests()
    _add_closes()
    for trigger, table in GUARDS_BEFORE:
        _drop_guard(trigger, table)
    # The guards look for these rows too, once for all.
    for key, *_to in KEYS if op.get_bind().dialect.name == 'postgresql' else ():
        op.drop_constraint(key, 'share_leg', type_='foreignkey')
    for statement in SHARE_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(':', '\\:')))


def downgrade() -> None:
    for table in GUARDED:
        _drop_guard(f'{table}_guarded', table)
    _guard_as_before()
    for trigger in ('membership_no_delete', 'membership_no_update_of_id'):
        op.execute(f'DROP TRIGGER {trigger}' + (' ON membership' if op.get_bind().dialect.name == 'postgresql' else ''))
    for key, table, columns, others in KEYS if op.get_bind().dialect.name == 'postgresql' else ():
        op.create_foreign_key(key, 'share_leg', table, columns, others)
    op.drop_table('two_person_rule')
    op.drop_table('period_close')
    op.drop_table('share_request')
    op.drop_column('share_tx', 'late_for')


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


def _add_requests() -> None:
    op.create_table('share_request',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('refund', 'transfer', 'inherit', 'convert', 'reversal', name='requestkind', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'accepted', 'refused', 'executed', 'withdrawn', name='requeststate', native_enum=False, length=40), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('to_membership_id', sa.Uuid(), nullable=True),
    sa.Column('class_id', sa.Uuid(), nullable=True),
    sa.Column('to_class_id', sa.Uuid(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('lots', sa.Text(), nullable=False),
    sa.Column('reverses_seq', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('earliest_on', sa.Date(), nullable=False),
    sa.Column('resolution', sa.String(length=200), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('drafted_by', sa.String(length=80), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.String(length=80), nullable=True),
    sa.Column('executed_tx', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("quantity > 0 OR kind = 'reversal'", name=op.f('ck_share_request_quantity')),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_seq IS NOT NULL)", name=op.f('ck_share_request_reversal')),
    sa.CheckConstraint('approved_by IS NULL OR approved_by <> drafted_by', name=op.f('ck_share_request_two_persons')),
    sa.CheckConstraint("(state = 'executed') = (executed_tx IS NOT NULL)", name=op.f('ck_share_request_executed')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_share_request_membership_id')),
    sa.ForeignKeyConstraint(['to_membership_id'], ['membership.id'], name=op.f('fk_share_request_to_membership_id')),
    sa.ForeignKeyConstraint(['class_id'], ['share_class.id'], name=op.f('fk_share_request_class_id')),
    sa.ForeignKeyConstraint(['to_class_id'], ['share_class.id'], name=op.f('fk_share_request_to_class_id')),
    sa.ForeignKeyConstraint(['reverses_seq'], ['share_tx.seq'], name=op.f('fk_share_request_reverses_seq')),
    sa.ForeignKeyConstraint(['executed_tx'], ['share_tx.seq'], name=op.f('fk_share_request_executed_tx')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_request')),
    sa.UniqueConstraint('executed_tx', name=op.f('uq_share_request_executed_tx'))
    )
    op.create_index('ix_share_request_state', 'share_request', ['state', 'asked_on', 'id'], unique=False)
    op.create_index('ix_share_request_membership_id', 'share_request', ['membership_id', 'asked_on'], unique=False)


def _add_closes() -> None:
    op.create_table('period_close',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('register', 'year', name='closekind', native_enum=False, length=40), nullable=False),
    sa.Column('through_date', sa.Date(), nullable=False),
    sa.Column('share_seq', sa.Integer(), nullable=False),
    sa.Column('share_hash', sa.String(length=64), nullable=False),
    sa.Column('capital_seq', sa.Integer(), nullable=False),
    sa.Column('capital_hash', sa.String(length=64), nullable=False),
    sa.Column('journal_size', sa.BigInteger(), nullable=False),
    sa.Column('journal_head', sa.String(length=64), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_by', sa.String(length=80), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period_close')),
    sa.UniqueConstraint('kind', 'through_date', name=op.f('uq_period_close_kind_through_date')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_table('two_person_rule',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('book', sa.Enum('share', 'capital', name='bookname', native_enum=False, length=40), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('is_needed', sa.Boolean(), nullable=False),
    sa.Column('decision', sa.String(length=300), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_two_person_rule')),
    info={'append_only': ('UPDATE', 'DELETE')}
    )
    op.create_index('ix_two_person_rule_book', 'two_person_rule', ['book', 'kind', 'from_date'], unique=False)


# What the database refuses by itself: closed periods, one person alone, undecided movements, legs of another form.
SHARE_TRIGGERS: dict[str, list[str]] = {
    'sqlite': [
        "CREATE TRIGGER membership_no_delete BEFORE DELETE ON membership BEGIN SELECT RAISE(ABORT, 'membership is append-only'); END",
        "CREATE TRIGGER membership_no_update_of_id BEFORE UPDATE OF id ON membership BEGIN SELECT RAISE(ABORT, 'membership is append-only'); END",
        "CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close BEGIN SELECT RAISE(ABORT, 'period_close is append-only'); END",
        "CREATE TRIGGER period_close_no_delete BEFORE DELETE ON period_close BEGIN SELECT RAISE(ABORT, 'period_close is append-only'); END",
        "CREATE TRIGGER two_person_rule_no_update BEFORE UPDATE ON two_person_rule BEGIN SELECT RAISE(ABORT, 'two_person_rule is append-only'); END",
        "CREATE TRIGGER two_person_rule_no_delete BEFORE DELETE ON two_person_rule BEGIN SELECT RAISE(ABORT, 'two_person_rule is append-only'); END",
        "CREATE TRIGGER share_tx_guarded AFTER INSERT ON share_tx BEGIN SELECT CASE WHEN NOT (NEW.seq = 1 AND NEW.prev_hash = '0000000000000000000000000000000000000000000000000000000000000000') AND NOT EXISTS (SELECT 1 FROM share_tx p WHERE p.seq = NEW.seq - 1 AND p.hash = NEW.prev_hash) THEN RAISE(ABORT, 'share_tx: the next line follows the last one') WHEN NEW.effective_on <= (SELECT max(through_date) FROM period_close) THEN RAISE(ABORT, 'share_tx: the register of that day is closed') WHEN coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed FROM two_person_rule r WHERE r.book = 'share' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false)) THEN RAISE(ABORT, 'share_tx: another person approves it') WHEN trim(NEW.resolution) = '' AND instr('|redeem|transfer|inherit|convert|split|nominal_change|', '|' || NEW.kind || '|') > 0 THEN RAISE(ABORT, 'share_tx: it needs a decision') END WHERE true; SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM share_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs) THEN RAISE(ABORT, 'share_tx: a reversal undoes an earlier first-hand line') END WHERE NEW.reverses_seq IS NOT NULL; SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c WHERE c.day >= NEW.late_for AND date(c.day, '+1 day') = NEW.effective_on) THEN RAISE(ABORT, 'share_tx: a late line takes the first open day') END WHERE NEW.late_for IS NOT NULL; END",
        "CREATE TRIGGER share_lot_guarded AFTER INSERT ON share_lot BEGIN SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.opened_by_tx AND NEW.first_acquired_on <= coalesce(t.late_for, t.effective_on) AND (NEW.parent_lot_id IS NULL AND t.kind IN ('subscribe', 'opening') OR t.kind IN ('convert', 'split', 'nominal_change') AND EXISTS (SELECT 1 FROM share_lot p WHERE p.id = NEW.parent_lot_id AND p.first_acquired_on = NEW.first_acquired_on))) THEN RAISE(ABORT, 'share_lot: a lot keeps its first day') END WHERE true; END",
        "CREATE TRIGGER share_leg_guarded AFTER INSERT ON share_leg BEGIN SELECT CASE WHEN NEW.line < 1 OR NEW.line > coalesce((SELECT legs FROM share_tx WHERE seq = NEW.tx_seq AND effective_on = NEW.effective_on), 0) THEN RAISE(ABORT, 'share_leg: a leg is one of its transaction, on its day') WHEN NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = NEW.lot_id AND o.class_id = NEW.class_id AND o.issue_unit_cents = NEW.unit_cents) THEN RAISE(ABORT, 'share_leg: a share has the price of its lot') END WHERE true; SELECT CASE WHEN EXISTS (SELECT 1 FROM (SELECT l.*, d.kind, d.legs FROM share_leg l JOIN share_tx d ON d.seq = l.tx_seq WHERE l.tx_seq = NEW.tx_seq) GROUP BY tx_seq HAVING count(*) <> min(legs)) OR EXISTS (SELECT 1 FROM (SELECT * FROM share_leg WHERE tx_seq = NEW.tx_seq) GROUP BY tx_seq, class_id HAVING sum(qty) <> 0) THEN RAISE(ABORT, 'share_leg: the legs do not add up to zero') WHEN EXISTS (SELECT 1 FROM (SELECT * FROM share_tx WHERE seq = NEW.tx_seq) d JOIN share_leg l ON l.tx_seq IN (d.seq, d.reverses_seq) WHERE d.reverses_seq IS NOT NULL GROUP BY d.seq, account, membership_id, class_id, lot_id, unit_cents HAVING sum(qty) <> 0) THEN RAISE(ABORT, 'share_leg: a reversal is exact') WHEN EXISTS (SELECT 1 FROM (SELECT membership_id, lot_id, effective_on AS since, tx_seq AS first FROM share_leg WHERE tx_seq = NEW.tx_seq AND qty < 0 AND account = 'holder') t WHERE 0 > CASE WHEN EXISTS (SELECT 1 FROM share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id AND (l.effective_on, l.tx_seq) > (t.since, t.first)) THEN (SELECT min(r.held) FROM (SELECT sum(l.qty) OVER (ORDER BY l.effective_on, l.tx_seq) AS held FROM share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) r) ELSE (SELECT sum(l.qty) FROM share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) END) THEN RAISE(ABORT, 'share_leg: a balance would fall below zero') WHEN EXISTS (SELECT 1 FROM (SELECT * FROM share_tx WHERE seq = NEW.tx_seq) t WHERE t.kind <> 'reversal' AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.lot_id HAVING sum(l.qty) <> 0) OR t.kind IN ('subscribe', 'opening') AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') <> (l.qty > 0)) OR t.kind = 'redeem' AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') = (l.qty > 0)) OR t.kind IN ('transfer', 'inherit') AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'issuer') OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.membership_id HAVING min(l.qty) < 0 AND max(l.qty) > 0)) OR CASE WHEN t.kind IN ('transfer', 'inherit') THEN 2 ELSE 1 END <> (SELECT count(DISTINCT l.membership_id) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') OR t.kind = 'split' AND (SELECT sum(l.qty * l.unit_cents) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind = 'nominal_change' AND (SELECT sum(l.qty) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind IN ('split', 'nominal_change') AND (SELECT count(DISTINCT l.class_id) FROM share_leg l WHERE l.tx_seq = t.seq) <> 1 OR t.kind = 'convert' AND NOT coalesce((SELECT sum(l.qty * l.unit_cents) <= 0 AND sum(l.qty * l.unit_cents) > -min(CASE WHEN l.qty > 0 THEN l.unit_cents END) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder'), false) OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND instr('|subscribe|opening|convert|split|nominal_change|', '|' || t.kind || '|') > 0 AND l.account = 'holder' AND l.qty > 0 AND NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = l.lot_id AND o.opened_by_tx = t.seq AND (t.kind <> 'subscribe' OR o.first_acquired_on = coalesce(t.late_for, t.effective_on)) AND (t.kind IN ('subscribe', 'opening') OR EXISTS (SELECT 1 FROM share_leg g WHERE g.tx_seq = t.seq AND g.lot_id = o.parent_lot_id AND g.account = 'holder' AND g.qty < 0)))))) THEN RAISE(ABORT, 'share_leg: the legs are not those of this kind') WHEN EXISTS (SELECT 1 FROM (SELECT * FROM share_tx WHERE seq = NEW.tx_seq) t JOIN share_leg l ON l.tx_seq = t.seq WHERE l.account = 'holder' AND (instr('|subscribe|transfer|inherit|', '|' || t.kind || '|') > 0 AND l.qty > 0 AND NOT (t.kind = 'subscribe' AND t.reason_code = 'conditional_on_admission' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') = 'candidate') AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'member' OR t.kind = 'redeem' AND t.reason_code <> 'reduction' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'former')) THEN RAISE(ABORT, 'share_leg: who holds or leaves is not one on that day') END WHERE NEW.line = (SELECT legs FROM share_tx WHERE seq = NEW.tx_seq); END",
        "CREATE TRIGGER period_close_guarded AFTER INSERT ON period_close BEGIN SELECT CASE WHEN NEW.through_date < (SELECT max(through_date) FROM period_close) OR NEW.share_seq <> coalesce((SELECT max(seq) FROM share_tx), 0) OR NEW.share_seq > 0 AND NEW.share_hash <> (SELECT hash FROM share_tx WHERE seq = NEW.share_seq) OR NEW.capital_seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) OR NEW.capital_seq > 0 AND NEW.capital_hash <> (SELECT hash FROM capital_tx WHERE seq = NEW.capital_seq) THEN RAISE(ABORT, 'period_close: it tells the heads there are') END WHERE true; END",
    ],
    'postgresql': [
        'CREATE TRIGGER membership_no_delete BEFORE DELETE OR TRUNCATE ON membership FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER membership_no_update_of_id BEFORE UPDATE OF id ON membership FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER period_close_no_update BEFORE UPDATE ON period_close FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER period_close_no_delete BEFORE DELETE OR TRUNCATE ON period_close FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER two_person_rule_no_update BEFORE UPDATE ON two_person_rule FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        'CREATE TRIGGER two_person_rule_no_delete BEFORE DELETE OR TRUNCATE ON two_person_rule FOR EACH STATEMENT EXECUTE FUNCTION coopgov_refuse_rewrite()',
        "CREATE OR REPLACE FUNCTION share_tx_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NOT (NEW.seq = 1 AND NEW.prev_hash = '0000000000000000000000000000000000000000000000000000000000000000') AND NOT EXISTS (SELECT 1 FROM share_tx p WHERE p.seq = NEW.seq - 1 AND p.hash = NEW.prev_hash))) THEN 'share_tx: the next line follows the last one' WHEN EXISTS (SELECT 1 FROM added AS new WHERE NEW.reverses_seq IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM share_tx o WHERE o.seq = NEW.reverses_seq AND o.kind <> 'reversal' AND o.effective_on <= NEW.effective_on AND o.legs = NEW.legs))) THEN 'share_tx: a reversal undoes an earlier first-hand line' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.effective_on <= (SELECT max(through_date) FROM period_close))) THEN 'share_tx: the register of that day is closed' WHEN EXISTS (SELECT 1 FROM added AS new WHERE NEW.late_for IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM (SELECT max(through_date) AS day FROM period_close) c WHERE c.day >= NEW.late_for AND c.day + 1 = NEW.effective_on))) THEN 'share_tx: a late line takes the first open day' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (coalesce(NEW.approved_by = NEW.recorded_by, NEW.approved_by IS NULL AND coalesce((SELECT r.is_needed FROM two_person_rule r WHERE r.book = 'share' AND r.kind = NEW.kind AND r.from_date <= NEW.recorded_at ORDER BY r.from_date DESC, r.id DESC LIMIT 1), false)))) THEN 'share_tx: another person approves it' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (trim(NEW.resolution) = '' AND strpos('|redeem|transfer|inherit|convert|split|nominal_change|', '|' || NEW.kind || '|') > 0)) THEN 'share_tx: it needs a decision' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER share_tx_guarded AFTER INSERT ON share_tx REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION share_tx_guarded()',
        "CREATE OR REPLACE FUNCTION share_lot_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NOT EXISTS (SELECT 1 FROM share_tx t WHERE t.seq = NEW.opened_by_tx AND NEW.first_acquired_on <= coalesce(t.late_for, t.effective_on) AND (NEW.parent_lot_id IS NULL AND t.kind IN ('subscribe', 'opening') OR t.kind IN ('convert', 'split', 'nominal_change') AND EXISTS (SELECT 1 FROM share_lot p WHERE p.id = NEW.parent_lot_id AND p.first_acquired_on = NEW.first_acquired_on))))) THEN 'share_lot: a lot keeps its first day' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER share_lot_guarded AFTER INSERT ON share_lot REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION share_lot_guarded()',
        "CREATE OR REPLACE FUNCTION share_leg_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN WITH done AS MATERIALIZED (SELECT d.* FROM added a JOIN share_tx d ON d.seq = a.tx_seq WHERE a.line = d.legs), moved AS MATERIALIZED (SELECT l.*, d.kind, d.legs FROM done d JOIN share_leg l ON l.tx_seq = d.seq) SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.line < 1 OR NEW.line > coalesce((SELECT legs FROM share_tx WHERE seq = NEW.tx_seq AND effective_on = NEW.effective_on), 0))) THEN 'share_leg: a leg is one of its transaction, on its day' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.membership_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.id = NEW.membership_id))) THEN 'share_leg: a leg is that of a member there is' WHEN EXISTS (SELECT 1 FROM moved GROUP BY tx_seq HAVING count(*) <> min(legs)) OR EXISTS (SELECT 1 FROM moved GROUP BY tx_seq, class_id HAVING sum(qty) <> 0) THEN 'share_leg: the legs do not add up to zero' WHEN EXISTS (SELECT 1 FROM done d JOIN share_leg l ON l.tx_seq IN (d.seq, d.reverses_seq) WHERE d.reverses_seq IS NOT NULL GROUP BY d.seq, account, membership_id, class_id, lot_id, unit_cents HAVING sum(qty) <> 0) THEN 'share_leg: a reversal is exact' WHEN EXISTS (SELECT 1 FROM (SELECT membership_id, lot_id, min(effective_on) AS since, min(tx_seq) AS first FROM moved WHERE qty < 0 AND account = 'holder' GROUP BY membership_id, lot_id) t WHERE 0 > CASE WHEN EXISTS (SELECT 1 FROM share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id AND (l.effective_on, l.tx_seq) > (t.since, t.first)) THEN (SELECT min(r.held) FROM (SELECT sum(l.qty) OVER (ORDER BY l.effective_on, l.tx_seq) AS held FROM share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) r) ELSE (SELECT sum(l.qty) FROM share_leg l WHERE l.membership_id = t.membership_id AND l.lot_id = t.lot_id) END) THEN 'share_leg: a balance would fall below zero' WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = NEW.lot_id AND o.class_id = NEW.class_id AND o.issue_unit_cents = NEW.unit_cents))) THEN 'share_leg: a share has the price of its lot' WHEN EXISTS (SELECT 1 FROM done t WHERE t.kind <> 'reversal' AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.lot_id HAVING sum(l.qty) <> 0) OR t.kind IN ('subscribe', 'opening') AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') <> (l.qty > 0)) OR t.kind = 'redeem' AND EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND (l.account = 'holder') = (l.qty > 0)) OR t.kind IN ('transfer', 'inherit') AND (EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'issuer') OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq GROUP BY l.membership_id HAVING min(l.qty) < 0 AND max(l.qty) > 0)) OR CASE WHEN t.kind IN ('transfer', 'inherit') THEN 2 ELSE 1 END <> (SELECT count(DISTINCT l.membership_id) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') OR t.kind = 'split' AND (SELECT sum(l.qty * l.unit_cents) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind = 'nominal_change' AND (SELECT sum(l.qty) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder') <> 0 OR t.kind IN ('split', 'nominal_change') AND (SELECT count(DISTINCT l.class_id) FROM share_leg l WHERE l.tx_seq = t.seq) <> 1 OR t.kind = 'convert' AND NOT coalesce((SELECT sum(l.qty * l.unit_cents) <= 0 AND sum(l.qty * l.unit_cents) > -min(CASE WHEN l.qty > 0 THEN l.unit_cents END) FROM share_leg l WHERE l.tx_seq = t.seq AND l.account = 'holder'), false) OR EXISTS (SELECT 1 FROM share_leg l WHERE l.tx_seq = t.seq AND strpos('|subscribe|opening|convert|split|nominal_change|', '|' || t.kind || '|') > 0 AND l.account = 'holder' AND l.qty > 0 AND NOT EXISTS (SELECT 1 FROM share_lot o WHERE o.id = l.lot_id AND o.opened_by_tx = t.seq AND (t.kind <> 'subscribe' OR o.first_acquired_on = coalesce(t.late_for, t.effective_on)) AND (t.kind IN ('subscribe', 'opening') OR EXISTS (SELECT 1 FROM share_leg g WHERE g.tx_seq = t.seq AND g.lot_id = o.parent_lot_id AND g.account = 'holder' AND g.qty < 0)))))) THEN 'share_leg: the legs are not those of this kind' WHEN EXISTS (SELECT 1 FROM done t JOIN share_leg l ON l.tx_seq = t.seq WHERE l.account = 'holder' AND (strpos('|subscribe|transfer|inherit|', '|' || t.kind || '|') > 0 AND l.qty > 0 AND NOT (t.kind = 'subscribe' AND t.reason_code = 'conditional_on_admission' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') = 'candidate') AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'member' OR t.kind = 'redeem' AND t.reason_code <> 'reduction' AND coalesce((SELECT e.status FROM membership_event e WHERE e.membership_id = l.membership_id AND e.effective_on <= coalesce(t.late_for, t.effective_on) AND e.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM membership_event u WHERE u.reverses_id = e.id) ORDER BY e.effective_on DESC, e.id DESC LIMIT 1), 'candidate') <> 'former')) THEN 'share_leg: who holds or leaves is not one on that day' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER share_leg_guarded AFTER INSERT ON share_leg REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION share_leg_guarded()',
        "CREATE OR REPLACE FUNCTION period_close_guarded() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ #variable_conflict use_column\nDECLARE told text; BEGIN SELECT CASE WHEN EXISTS (SELECT 1 FROM added AS new WHERE true AND (NEW.through_date < (SELECT max(through_date) FROM period_close) OR NEW.share_seq <> coalesce((SELECT max(seq) FROM share_tx), 0) OR NEW.share_seq > 0 AND NEW.share_hash <> (SELECT hash FROM share_tx WHERE seq = NEW.share_seq) OR NEW.capital_seq <> coalesce((SELECT max(seq) FROM capital_tx), 0) OR NEW.capital_seq > 0 AND NEW.capital_hash <> (SELECT hash FROM capital_tx WHERE seq = NEW.capital_seq))) THEN 'period_close: it tells the heads there are' END INTO told; IF told IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = told; END IF; RETURN NULL; END $$",
        'CREATE TRIGGER period_close_guarded AFTER INSERT ON period_close REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION period_close_guarded()',
    ],
}
# One trigger of a table looks for all of it from now on; those of the first version come back when this is undone.
GUARDED = ('share_tx', 'share_lot', 'share_leg', 'period_close')
KEYS = (
    ('fk_share_leg_membership_id', 'membership', ['membership_id'], ['id']),
    ('fk_share_leg_tx_seq_effective_on', 'share_tx', ['tx_seq', 'effective_on'], ['seq', 'effective_on']),
    ('fk_share_leg_class_id', 'share_class', ['class_id'], ['id']),
    ('fk_share_leg_lot_id', 'share_lot', ['lot_id'], ['id']),
)
GUARDS_BEFORE = (
    ('share_tx_in_order', 'share_tx'),
    ('share_tx_reversal', 'share_tx'),
    ('share_leg_sealed', 'share_leg'),
    ('share_leg_balanced', 'share_leg'),
    ('share_leg_exact', 'share_leg'),
    ('share_leg_never_negative', 'share_leg'),
)
