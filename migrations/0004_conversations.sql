-- What was asked and answered. A conversation belongs to one person; nobody else ever reads it.

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX conversations_by_person ON conversations (person_id, updated_at);

CREATE TABLE messages (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    sequence BIGINT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL,                        -- JSON of one model message: role and blocks
    answer TEXT NOT NULL,                      -- JSON of the finished answer on the last message of a turn, else ''
    PRIMARY KEY (conversation_id, sequence)
);
