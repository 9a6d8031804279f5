-- What is indexed as text has the collation "C": an index of another one breaks when the operating system changes its order.
create table users (
    id              bigint generated always as identity primary key,
    email           text        not null,
    email_canonical text        collate "C" not null unique,
    password_hash   text        not null,
    role            text        not null check (role in ('USER', 'ADMIN', 'SERVICE')),
    created_at      timestamptz not null,
    expires_at      timestamptz
);

comment on column users.email_canonical is 'NFKC and lower case: identifies the account';
comment on column users.expires_at is 'null: never';

-- fillfactor: room for the last use to be updated in place.
create table auth_tokens (
    digest       bytea       primary key check (length(digest) = 32),
    id           uuid        not null,
    user_id      bigint      not null references users on delete cascade,
    created_at   timestamptz not null,
    last_used_at timestamptz,
    expires_at   timestamptz,
    name         text,
    address      text,
    user_agent   text,
    activity     text
) with (
    fillfactor = 90,
    -- By default autovacuum waits until a fifth of the rows are dead: of ten million that is too many.
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);

comment on column auth_tokens.digest is 'SHA-256 of the secret; the secret itself is not stored';
comment on column auth_tokens.id is 'public, for lists and revocation';
comment on column auth_tokens.expires_at is 'of this token, whatever the lifespan of all tokens is; null: none of its own';
comment on column auth_tokens.name is 'null for a login';
comment on column auth_tokens.address is 'client address of the login, as are user_agent and activity';

create unique index auth_tokens_of_user on auth_tokens (user_id, id);

-- For the deletion of expired tokens. An index on the last use would cost more at each use than the update itself.
create index auth_tokens_by_age on auth_tokens (created_at);
create index auth_tokens_by_expiry on auth_tokens (expires_at) where expires_at is not null;

-- Consecutive failed logins, shared by all replicas. No reference to users: an address without an account counts alike.
create table login_attempts (
    account  bytea       not null check (length(account) in (8, 32)),
    source   text        collate "C" not null,
    failures integer     not null,
    last_at  timestamptz not null,
    open_at  timestamptz not null,
    primary key (account, source)
) with (fillfactor = 90);

comment on column login_attempts.account is 'id of the account; without an account, SHA-256 of the address that was sent';
comment on column login_attempts.source is 'known network, which logged in lately; empty: all unknown clients together';
comment on column login_attempts.failures is 'consecutive; an attempt counts as failed until it succeeds';
comment on column login_attempts.open_at is 'no attempt is admitted before';

create index login_attempts_by_age on login_attempts (last_at);

-- An address that gets or loses its account keeps its failures; otherwise the answers to guesses would show the change.
create function keep_login_attempts() returns trigger language plpgsql as $$
begin
    if old.email_canonical = new.email_canonical then
        return null;
    end if;
    insert into login_attempts as row (account, source, failures, last_at, open_at)
    select kept.after, source, failures, last_at, open_at
    from login_attempts join (values
        (int8send(old.id), sha256(convert_to(old.email_canonical, 'UTF8'))),
        (sha256(convert_to(new.email_canonical, 'UTF8')), int8send(new.id))
    ) as kept (before, after) on account = kept.before and source = ''
    on conflict (account, source) do update
    set failures = greatest(row.failures, excluded.failures),
        last_at = greatest(row.last_at, excluded.last_at),
        open_at = greatest(row.open_at, excluded.open_at);
    return null;
end $$;

create trigger users_readdressed after insert or update of email_canonical or delete on users
    for each row execute function keep_login_attempts();

create table audit_events (
    id           bigint generated always as identity primary key,
    at           timestamptz not null,
    kind         text        collate "C" not null,
    outcome      text        not null,
    actor        text,
    account      text        collate "C",
    token_id     uuid,
    detail       text,
    request_id   text,
    activity     text,
    command_line text,
    address      text,
    user_agent   text
);

comment on table audit_events is 'append-only: rows are never updated, and deleted after their retention';
comment on column audit_events.outcome is 'SUCCESS, or the code of the error answer';
comment on column audit_events.actor is 'e-mail address of the caller; null when not logged in';
comment on column audit_events.account is 'canonical e-mail address, at that time, of the account concerned';

create index audit_events_at on audit_events (at);
create index audit_events_of_account on audit_events (account, id);
create index audit_events_of_kind on audit_events (kind, id);

-- One moment for everybody: no token that was issued at it or before is valid.
create table token_validity (
    only_row   boolean     primary key default true check (only_row),
    valid_from timestamptz not null
);

insert into token_validity (valid_from) values ('epoch');

-- The revocation log. Replicas cache valid tokens and read here which of them to drop. Every statement that revokes or
-- changes them writes rows in its own transaction, also one that is run by psql. xid: commits are not in the order of ids, so
-- a replica reads the rows of all transactions that were not visible in the snapshot of its previous reading.
create table revocations (
    id      bigint generated always as identity,
    xid     xid8        not null default pg_current_xact_id(),
    at      timestamptz not null default clock_timestamp(),
    kind    text        not null check (kind in ('TOKEN', 'ACCOUNT', 'EVERYTHING')),
    digest  bytea,
    user_id bigint,
    primary key (xid, id)
);

comment on table revocations is 'append-only; rows are deleted after some time, when every replica has read them';

create index revocations_by_age on revocations (at);

create function log_revoked_tokens() returns trigger language plpgsql as $$
begin
    -- Expired tokens are refused by their own times; their deletion says so and is not logged.
    if current_setting('auth_tokens.deletes_expired', true) = 'on' then
        return null;
    end if;
    -- For many tokens at once, every replica drops its whole cache instead.
    if (select count(*) from (select from revoked limit 1001) as counted) > 1000 then
        insert into revocations (kind) values ('EVERYTHING');
    else
        insert into revocations (kind, digest) select 'TOKEN', digest from revoked;
    end if;
    return null;
end $$;

create function log_changed_account() returns trigger language plpgsql as $$
begin
    insert into revocations (kind, user_id) values ('ACCOUNT', new.id);
    return null;
end $$;

create function log_everything() returns trigger language plpgsql as $$
begin
    insert into revocations (kind) values ('EVERYTHING');
    return null;
end $$;

create trigger auth_tokens_revoked after delete on auth_tokens
    referencing old table as revoked for each statement execute function log_revoked_tokens();

create trigger auth_tokens_changed after update of digest, id, user_id, created_at, expires_at or truncate on auth_tokens
    for each statement execute function log_everything();

create trigger users_changed after update of email, role, created_at, expires_at on users
    for each row when ((old.email, old.role, old.created_at, old.expires_at)
        is distinct from (new.email, new.role, new.created_at, new.expires_at))
    execute function log_changed_account();

create trigger token_validity_changed after insert or update or delete or truncate on token_validity
    for each statement execute function log_everything();
