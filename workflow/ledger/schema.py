"""The ledger's tables, as migrations in order. Every table only ever grows."""

from __future__ import annotations

from collections.abc import Mapping

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
    (
        "what was taken back, and which periods were closed",
        """
        CREATE TABLE withdrawal (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id), sha256 TEXT NOT NULL,
            withdrawn INTEGER NOT NULL, undone INTEGER REFERENCES run(id), reason TEXT NOT NULL);
        CREATE INDEX withdrawal_sha ON withdrawal (sha256, id);
        CREATE TABLE closure (
            id INTEGER PRIMARY KEY, period TEXT NOT NULL UNIQUE, run INTEGER NOT NULL REFERENCES run(id),
            today TEXT NOT NULL, manifest TEXT NOT NULL);
        """,
    ),
    (
        "what was removed for good",
        """
        CREATE TABLE tombstone (
            id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, run INTEGER NOT NULL REFERENCES run(id),
            today TEXT NOT NULL, answers INTEGER NOT NULL, reason TEXT NOT NULL);
        """,
    ),
    (
        "what the outputs were last made from",
        """
        CREATE TABLE made (
            id INTEGER PRIMARY KEY, period TEXT NOT NULL, origin TEXT NOT NULL, files TEXT NOT NULL);
        CREATE INDEX made_period ON made (period, id);
        """,
    ),
    (
        "whether a removal was brought to its end",
        "ALTER TABLE tombstone ADD COLUMN finished INTEGER NOT NULL DEFAULT 1;",
    ),
    (
        "what the last run said, so that a run with nothing new says it again at once",
        """
        CREATE TABLE said (
            id INTEGER PRIMARY KEY, asked TEXT NOT NULL, origin TEXT NOT NULL, words TEXT NOT NULL, files TEXT NOT NULL);
        CREATE INDEX said_asked ON said (asked, id);
        """,
    ),
)

# What each table is for, and what stands in its columns: docs/ledger.md is made from these and from the migrations.
TABLES: Mapping[str, str] = {
    "blob": "The archive: the bytes of every file received, of each register and set of forms that a run used, and of the packs"
    " that were frozen at a close. Each once, however often it came.",
    "run": "One row for each run that kept something. A run that found nothing new has none.",
    "judgement": "How each leaf (a workbook, a part of a mail or of a zip file) was judged. In force are the rows of the latest"
    " run that opened its received file.",
    "answer": "Every answer cell of a judged leaf that was not blank, also those that are held.",
    "change": "The history: from a run on, this value stood for one field of one item in one period.",
    "issue": "Every workbook that went out and may come back, with what its answer cells showed: the base of its answers.",
    "output": "The bytes that were ever written to a path of the outbox, by hash. Anything else there is a person's edit.",
    "made": "What a period's outputs were made from, and what came of it. Where neither has changed they are not made again. So"
    " too for each pack in another format.",
    "said": "What a run said at its end. Where nothing that it rests on has changed, the next run says it again at once.",
    "fetched": "The messages that were fetched from a mailbox, so that none is fetched twice.",
    "delivery": "Every attempt to send a letter, so that none is sent twice. How an attempt ended is a second row.",
    "withdrawal": "What was taken back, and what was taken in again. In force is the latest row of a workbook.",
    "closure": "The periods that were closed, and what was frozen of each.",
    "tombstone": "What was removed for good (`workflow purge`): that it was there, and why it went. The values are nowhere.",
    "migration": "Which of the migrations below this file has had.",
}
# By column, for every table that has it, or by table and column where it means something else there.
COLUMNS: Mapping[str, str] = {
    "answers": "how many answers it held",
    "account": "the mailbox",
    "asked": "the period that was asked for; empty for the one that is due",
    "blanks": "how many answer cells were blank",
    "bytes": "the bytes, compressed with zlib",
    "carried": '1 where it was confirmed by "no change" and given earlier',
    "cell": "the cell that it stood in",
    "cells": "what its answer cells showed, as JSON",
    "command": "what was run: collate, undo, withdraw ...",
    "container": "the hash of the received file that held the leaf; the leaf's own where it came by itself",
    "detail": "what was in the letter; in a second row, what the server said",
    "extra": "what else was found in it, as JSON: findings, where its tables stood",
    "field": "the field of the form; `field@partner` is what another than the lead says of the row",
    "file": "the path in the workspace",
    "files": "each file with its hash, as JSON",
    "finished": "0 until backups and papers were seen to as well; a removal that was cut short before that is run again",
    "folder": "the mailbox's folder",
    "form": "the form, by its name",
    "forms": "the hash of the return forms that it used",
    "held": "the code of what holds the answer; empty where nothing does",
    "id": "the number of the row",
    "judged": "the hash of what it was judged on: register, forms, settings and version",
    "judgement": "the judgement that it belongs to",
    "key": "the key of the item",
    "kind": "template, marked-up or tracker",
    "layout": "the layout of the form, as the workbook says",
    "manifest": "what was frozen, as JSON: each file with its hash and size",
    "message_id": "the identifier of the letter",
    "n": "its place in the order of the workbook",
    "name": "what the migration was for",
    "origin": "the hash of all that they were made from: ledger, register, forms, settings, letters, day and program; for a"
    " pack in another format, of the programs that made it",
    "part": "the part of a mail or a zip file; empty for a file that came by itself",
    "partner": "the agency, by its id",
    "path": "the path in the workspace",
    "period": "the key of the period",
    "raw": "what was typed, as the person saw it",
    "reason": "why, in words",
    "received": "the day on which it was first seen",
    "recipients": "whom it went to",
    "register": "the hash of the register that it used",
    "result": "the verdict, as JSON: what `run.json` held",
    "run": "the run that recorded it",
    "sender": "the address that the message came from, as the message says",
    "sent": "when it was sent: the date of the mail, else when the workbook was last saved",
    "sha256": "the hash of its bytes",
    "sheet": "the sheet that it stood in",
    "size": "how many bytes it has",
    "state": "merged, held, refused or ignored",
    "today": "the day on which it was done",
    "token": "the token of the workbook that was sent out",
    "uid": "the number of the message in its folder",
    "uidvalidity": "the folder's own number: a new one means that every uid means something else",
    "undone": "the run that was undone; empty where one file was withdrawn",
    "value": "the value with its type (`s:` text, `i:` whole number, `n:` number, `d:` date, `b:` yes or no); empty for none",
    "words": "what was said, as JSON: for the screen, for -v, for --json, and whether somebody is needed",
    "withdrawn": "1 where it is taken back, 0 where it counts again",
    "change.value": "the value, typed like that of an answer; empty where nothing stands from this run on",
    "change.sha256": "the hash of the workbook that it came in; empty where nothing stands any more",
    "change.file": "the file that it came in, with its part",
    "change.sent": "when that workbook was sent",
    "closure.run": "the run that closed it",
    "delivery.file": "the draft that was sent",
    "delivery.state": "trying, sent or failed",
    "fetched.file": "where it was put in the inbox",
    "made.period": "the key of the period; for a pack in another format, the path of that file",
    "migration.n": "its number",
    "withdrawal.run": "the run that took it back, or took it in again",
    "run.id": "the number of the run",
    "said.origin": "the hash of all that it rests on: ledger, register, forms, settings, letters, inbox, day and program",
    "tombstone.run": "the run that removed it",
}
