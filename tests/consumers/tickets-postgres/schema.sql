create table teams (id text primary key, name text not null);
create table tickets (
  id int primary key,
  subject text not null,
  email text,
  status text not null,
  assignee_id text,
  team_id text references teams
);
create index on tickets (assignee_id);
create index on tickets (team_id);

insert into teams values ('emea', 'EMEA'), ('sales', 'Sales'), ('support', 'Support');
insert into tickets values
  (1, 'Where is my parcel?', 'kim@example.com', 'open', 'ana', 'sales'),
  (2, 'A second invoice', 'lou@example.com', 'closed', 'ana', 'support'),
  (3, 'Change of address', 'max@example.com', 'waiting', 'bo', 'emea'),
  (4, 'Cannot log in', 'nia@example.com', 'open', 'bo', 'support'),
  (5, 'A spare part', 'oli@example.com', 'open', null, 'sales'),
  (6, 'Thank you', null, 'open', null, null);
