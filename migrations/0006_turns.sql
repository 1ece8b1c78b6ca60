-- Turns: one message of a person and what became of it. A turn is begun before it is answered, so that two messages to one conversation are answered
-- one after the other, a repeated request is not answered twice, and a question survives a crash.

CREATE TABLE turns (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    number BIGINT NOT NULL,
    request_key TEXT NOT NULL,                 -- the caller's Idempotency-Key, or one of our own
    holder TEXT NOT NULL,                      -- who answers it: another one cannot complete it
    state TEXT NOT NULL CHECK (state IN ('running', 'answered', 'interrupted')),
    lease_until TEXT NOT NULL,                 -- a running turn whose holder is gone may be passed over after this
    sight TEXT NOT NULL,                       -- digest of what the asker could see: earlier turns are told only to the same eyes
    first_sequence BIGINT NOT NULL,            -- of its messages; the first is the question
    PRIMARY KEY (conversation_id, number)
);
CREATE UNIQUE INDEX turns_by_key ON turns (conversation_id, request_key);
