"""The ledger's tables, as migrations in order. Every table only ever grows."""

from __future__ import annotations

# Applied in order, each in one transaction with its record. Never edit one that has been released: add another.
MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "first tables",
        """
        CREATE TABLE blob (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, bytes BLOB NOT NULL);
        CREATE TABLE run (
            id INTEGER PRIMARY KEY, command TEXT NOT NULL, period TEXT NOT NULL, today TEXT NOT NULL,
            register TEXT NOT NULL, forms TEXT NOT NULL, result TEXT NOT NULL);
        CREATE TABLE judgement (
            id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, judged TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run(id),
            file TEXT NOT NULL, part TEXT, partner TEXT NOT NULL, period TEXT NOT NULL, sent TEXT NOT NULL,
            state TEXT NOT NULL, reason TEXT NOT NULL, layout TEXT NOT NULL, token TEXT NOT NULL, sender TEXT NOT NULL,
            received TEXT NOT NULL, blanks INTEGER NOT NULL, extra TEXT NOT NULL);
        CREATE INDEX judgement_sha ON judgement (sha256);
        CREATE TABLE answer (
            judgement INTEGER NOT NULL REFERENCES judgement(id), n INTEGER NOT NULL, form TEXT NOT NULL, key TEXT NOT NULL,
            field TEXT NOT NULL, value TEXT, raw TEXT NOT NULL, sheet TEXT NOT NULL, cell TEXT NOT NULL, held TEXT NOT NULL,
            PRIMARY KEY (judgement, n)) WITHOUT ROWID;
        CREATE INDEX answer_slot ON answer (key, field, form);
        CREATE TABLE change (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id), period TEXT NOT NULL, form TEXT NOT NULL,
            key TEXT NOT NULL, field TEXT NOT NULL, value TEXT, partner TEXT NOT NULL, file TEXT NOT NULL,
            sheet TEXT NOT NULL, cell TEXT NOT NULL, sha256 TEXT NOT NULL, sent TEXT NOT NULL, carried INTEGER NOT NULL);
        CREATE INDEX change_slot ON change (key, field, form, period);
        CREATE TABLE issue (
            token TEXT PRIMARY KEY, partner TEXT NOT NULL, period TEXT NOT NULL, kind TEXT NOT NULL,
            today TEXT NOT NULL, cells TEXT NOT NULL);
        CREATE TABLE output (path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (path, sha256));
        """,
    ),
    (
        "mails and zip files hold many returns; what was fetched, and what was sent",
        """
        ALTER TABLE judgement ADD COLUMN container TEXT NOT NULL DEFAULT '';
        UPDATE judgement SET container = sha256;
        CREATE INDEX judgement_container ON judgement (container, run);
        CREATE TABLE fetched (
            account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,
            sha256 TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (account, folder, uidvalidity, uid)) WITHOUT ROWID;
        CREATE INDEX fetched_sha ON fetched (sha256);
        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, file TEXT NOT NULL, recipients TEXT NOT NULL,
            today TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL);
        CREATE INDEX delivery_message ON delivery (message_id);
        """,
    ),
)
