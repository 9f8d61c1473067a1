CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE series (
    id          BIGINT PRIMARY KEY,
    slo         TEXT NOT NULL,
    environment TEXT,
    release     TEXT,
    side        TEXT,
    first_ms    BIGINT NOT NULL,
    last_ms     BIGINT NOT NULL
);

CREATE TABLE chunk (
    level    INTEGER NOT NULL,
    series   BIGINT NOT NULL,
    begin_at BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    data     ${BYTES} NOT NULL,
    PRIMARY KEY (level, series, begin_at)
) ${CLUSTERED};

CREATE TABLE journal (
    seq     BIGINT PRIMARY KEY,
    at_ms   BIGINT NOT NULL,
    ids     ${BYTES} NOT NULL,
    batches ${BYTES} NOT NULL,
    data    ${BYTES} NOT NULL
);

CREATE TABLE ledger (
    seq   BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    kind  TEXT NOT NULL,
    slo   TEXT,
    actor TEXT NOT NULL,
    data  TEXT NOT NULL
);

CREATE INDEX ledger_kind ON ledger (kind, seq);

CREATE INDEX ledger_slo ON ledger (slo, seq);
