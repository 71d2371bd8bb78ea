-- The relay's outbox. One row for each event, one delivery for each event and destination.

CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE household (
    subject TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    content_digest BLOB NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kept_at REAL,               -- seconds since 1970; NULL while nobody knew the time
    kept_boot TEXT NOT NULL,
    kept_uptime REAL NOT NULL,
    content BLOB,               -- what the home sent; NULL once it is signed
    kit TEXT,                   -- who signed it; NULL until the kit is enrolled
    jws TEXT,                   -- signed once, sent as it is
    digest TEXT                 -- of the signed payload: what an ack must name
) STRICT;

CREATE INDEX event_unsigned ON event (row) WHERE jws IS NULL;

CREATE TABLE destination (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE delivery (
    destination INTEGER NOT NULL REFERENCES destination (id),
    row INTEGER NOT NULL REFERENCES event (row) ON DELETE CASCADE,
    rank INTEGER NOT NULL,
    answer TEXT,                -- NULL: still owed
    at REAL,                    -- when it was answered; NULL also while nobody knew the time
    PRIMARY KEY (destination, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_owed ON delivery (destination, rank, row) WHERE answer IS NULL;
CREATE INDEX delivery_by_row ON delivery (row);

CREATE TABLE downlink (
    n INTEGER PRIMARY KEY,
    counter INTEGER NOT NULL,
    expires REAL NOT NULL,
    event BLOB NOT NULL
) STRICT;

PRAGMA user_version = 1;
