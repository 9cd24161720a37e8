-- The same text for SQLite and PostgreSQL. sum is the checksum of a row's other columns.

-- +goose Up
create table meta (
    key   text   primary key,
    value text   not null,
    sum   bigint not null
);

-- Numbers that only grow. commit is taken first by each transaction that writes: one writes at a time.
create table counter (
    name text   primary key,
    last bigint not null
);
insert into counter (name, last) values ('commit', 0), ('id', 0);

-- How many rows a table has, and the sum of their sums: rows that vanish are missed.
create table tally (
    name text   primary key,
    many bigint not null,
    sum  bigint not null
);
insert into tally (name, many, sum) values ('meta', 0, 0), ('holding', 0, 0), ('intent', 0, 0), ('note', 0, 0);

-- What one blocker holds for one target. data is the rest, the target as it was when blocked included.
create table holding (
    source  text   not null,
    kind    text   not null,
    id      text   not null,
    blocker text   not null,
    data    text   not null,
    sum     bigint not null,
    primary key (source, kind, id, blocker)
);

-- The elements of holdings, to ask who else holds one.
create table element (
    blocker text not null,
    class   text not null,
    element text not null,
    source  text not null,
    kind    text not null,
    id      text not null,
    primary key (blocker, class, element, source, kind, id)
);
create index element_of_holding on element (source, kind, id, blocker);

-- Written before a device is touched. settled holds the result once it is known.
create table intent (
    id      bigint primary key,
    source  text   not null,
    data    text   not null,
    settled text   not null,
    sum     bigint not null
);

-- Notes that are still to be written to a brain.
create table note (
    id     bigint primary key,
    source text   not null,
    kind   text   not null,
    target text   not null,
    text   text   not null,
    sum    bigint not null
);

-- +goose Down
drop table note;
drop table intent;
drop table element;
drop table holding;
drop table tally;
drop table counter;
drop table meta;
