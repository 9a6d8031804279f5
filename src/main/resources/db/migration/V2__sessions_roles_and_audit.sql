alter table auth_tokens
    add column address    text,
    add column user_agent text,
    add column activity   text;

comment on column auth_tokens.address is 'where the login came from, as are user_agent and activity';

alter table users
    drop constraint users_role_check,
    add constraint users_role_check check (role in ('USER', 'ADMIN', 'SERVICE'));

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

comment on table audit_events is 'append-only: rows are never updated, and deleted when their retention is over';
comment on column audit_events.outcome is 'SUCCESS, or the code of the error answer';
comment on column audit_events.actor is 'e-mail address of who did it; null for somebody who is not logged in';
comment on column audit_events.account is 'canonical e-mail address, at that time, of the account that it was done to';

create index audit_events_at on audit_events (at);
create index audit_events_of_account on audit_events (account, id);
create index audit_events_of_kind on audit_events (kind, id);
