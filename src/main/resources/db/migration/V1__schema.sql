create table users (
    id              bigint generated always as identity primary key,
    email           text        not null,
    email_canonical text        not null unique,
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
comment on column auth_tokens.address is 'client address of the login, as are user_agent and activity';

create unique index auth_tokens_of_user on auth_tokens (user_id, id);

-- For the deletion of expired tokens. An index on the last use would cost more at each use than the update itself.
create index auth_tokens_by_age on auth_tokens (created_at);

-- Consecutive failed logins, shared by all replicas. No reference to users: an address without an account counts alike.
create table login_attempts (
    account  bytea       not null check (length(account) = 32),
    source   text        not null,
    failures integer     not null,
    last_at  timestamptz not null,
    open_at  timestamptz not null,
    primary key (account, source)
) with (fillfactor = 90);

comment on column login_attempts.account is 'SHA-256 of the canonical e-mail address, or of what was sent in its place';
comment on column login_attempts.source is 'known network, which logged in lately; empty: all unknown clients together';
comment on column login_attempts.failures is 'consecutive; an attempt counts as failed until it succeeds';
comment on column login_attempts.open_at is 'no attempt is admitted before';

create index login_attempts_by_age on login_attempts (last_at);

create table audit_events (
    id           bigint generated always as identity primary key,
    at           timestamptz not null,
    kind         text        not null,
    outcome      text        not null,
    actor        text,
    account      text,
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

-- Replicas cache valid tokens. Every statement that revokes or changes them notifies all replicas in its own transaction,
-- also one that is run by psql.

create function notify_revoked_tokens() returns trigger language plpgsql as $$
begin
    -- More digests than this would flood the notification queue: every replica drops its whole cache instead.
    if (select count(*) from (select from revoked limit 1001) as counted) > 1000 then
        perform pg_notify('auth_tokens', 'all');
    else
        -- A payload holds less than 8,000 bytes: 100 digests of 65 characters.
        perform pg_notify('auth_tokens', 'tokens ' || string_agg(hex, ' '))
        from (select encode(digest, 'hex') as hex, row_number() over () / 100 as part from revoked) as numbered
        group by part;
    end if;
    return null;
end $$;

create function notify_changed_account() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_tokens', 'account ' || new.id);
    return null;
end $$;

create function notify_all() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_tokens', 'all');
    return null;
end $$;

create trigger auth_tokens_revoked after delete on auth_tokens
    referencing old table as revoked for each statement execute function notify_revoked_tokens();

create trigger auth_tokens_changed after update of digest, id, user_id, created_at or truncate on auth_tokens
    for each statement execute function notify_all();

create trigger users_changed after update of email, role, expires_at on users
    for each row when ((old.email, old.role, old.expires_at) is distinct from (new.email, new.role, new.expires_at))
    execute function notify_changed_account();
