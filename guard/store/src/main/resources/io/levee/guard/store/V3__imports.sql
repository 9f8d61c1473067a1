CREATE TABLE imported (
    name   TEXT PRIMARY KEY,
    lines  BIGINT NOT NULL,
    digest TEXT NOT NULL,
    at_ms  BIGINT NOT NULL
);
