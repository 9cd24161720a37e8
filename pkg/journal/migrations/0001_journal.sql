-- +goose Up
create table meta (
    key   text primary key,
    value text not null
);
-- Until the owner was found to go with what devices hold.
insert into meta (key, value) values ('fresh', '');

-- What one blocker holds for one target. target is the copy as it was when blocked.
create table holding (
    source    text    not null,
    kind      text    not null,
    id        text    not null,
    blocker   text    not null,
    label     text    not null,
    state     text    not null,
    since     integer not null,
    asserted  integer not null,
    until     integer not null,
    former    text    not null,
    adopted   integer not null,
    reasons   text    not null,
    devices   text    not null,
    missing   text    not null,
    problem   text    not null,
    target    text    not null,
    primary key (source, kind, id, blocker)
);

-- The elements of holdings; an element may have many holders.
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
    id       integer primary key,
    action   text    not null,
    source   text    not null,
    kind     text    not null,
    target   text    not null,
    blocker  text    not null,
    label    text    not null,
    elements text    not null,
    receipt  text    not null,
    reasons  text    not null,
    at       integer not null,
    settled  text    not null
);

-- Notes that are still to be written to a brain.
create table note (
    id     integer primary key,
    source text not null,
    kind   text not null,
    target text not null,
    text   text not null
);

-- +goose Down
drop table note;
drop table intent;
drop table element;
drop table holding;
drop table meta;
