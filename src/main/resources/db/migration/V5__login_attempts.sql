-- Failed logins in a row, shared by all replicas. Not tied to users: an address without an account counts alike.
create table login_attempts (
    account  bytea       not null check (length(account) = 32),
    source   text        not null,
    failures integer     not null,
    last_at  timestamptz not null,
    open_at  timestamptz not null,
    primary key (account, source)
) with (fillfactor = 90);

comment on column login_attempts.account is 'SHA-256 of the canonical e-mail address, or of what was sent in its place';
comment on column login_attempts.source is 'network of a client that logged in lately; empty: all others together';
comment on column login_attempts.failures is 'in a row; an attempt counts as failed until it proves good';
comment on column login_attempts.open_at is 'no attempt is looked at before';

create index login_attempts_by_age on login_attempts (last_at);
