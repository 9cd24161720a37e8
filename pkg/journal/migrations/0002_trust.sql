-- +goose Up

-- What persons decided: one order for a target.
create table person (
    source text   not null,
    kind   text   not null,
    id     text   not null,
    data   text   not null,
    sum    bigint not null,
    primary key (source, kind, id)
);
insert into tally (name, many, sum) values ('person', 0, 0);

-- What was done. search is what text is looked for in, in lower case; data is the rest. Times are in nanoseconds.
create table history (
    id      bigint primary key,
    at      bigint not null,
    last    bigint not null,
    times   bigint not null,
    action  text   not null,
    outcome text   not null,
    source  text   not null,
    kind    text   not null,
    target  text   not null,
    blocker text   not null,
    search  text   not null,
    data    text   not null
);
create index history_of_target on history (source, kind, target, blocker, id);
create index history_by_age on history (last);

-- Elements that we put on devices, and when last.
create table placed (
    blocker text   not null,
    class   text   not null,
    element text   not null,
    at      bigint not null,
    sum     bigint not null,
    primary key (blocker, class, element)
);

-- Who may do something, on a server: the time is the database's, in nanoseconds, and fence counts the holders.
-- Processes that share a file use locks on files instead.
create table lease (
    name   text   primary key,
    holder text   not null,
    fence  bigint not null,
    since  bigint not null,
    until  bigint not null
);

-- +goose Down
drop table lease;
drop table placed;
drop table history;
drop table person;
delete from tally where name = 'person';
