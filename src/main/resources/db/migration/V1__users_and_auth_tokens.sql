create table users (
    id              bigint generated always as identity primary key,
    email           text        not null,
    email_canonical text        not null unique,
    password_hash   text        not null,
    role            text        not null check (role in ('USER', 'ADMIN')),
    created_at      timestamptz not null,
    expires_at      timestamptz
);

comment on column users.email_canonical is 'NFKC and lower case: what identifies the account';
comment on column users.expires_at is 'null: never';

-- fillfactor: room for the last use to be updated in place.
create table auth_tokens (
    digest       bytea       primary key check (length(digest) = 32),
    id           uuid        not null,
    user_id      bigint      not null references users on delete cascade,
    created_at   timestamptz not null,
    last_used_at timestamptz
) with (fillfactor = 90);

comment on column auth_tokens.digest is 'SHA-256 of the secret; the secret itself is not stored';
comment on column auth_tokens.id is 'public, for lists and revocation';

create unique index auth_tokens_of_user on auth_tokens (user_id, id);
