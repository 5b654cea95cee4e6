-- The catalog, roles and teams of a tenant: one small document, replaced as a whole.
create table snapshots (
  tenant text primary key,
  document jsonb not null,
  revision bigint generated always as ((document ->> 'revision')::bigint) stored
);

-- People, however many.
create table people (
  id bigint generated always as identity primary key,
  email text not null unique,
  password text not null,
  region text,
  suspended_at timestamptz
);
create table memberships (
  person bigint not null references people on delete cascade,
  team text not null,
  primary key (person, team)
);
create table assignments (
  person bigint not null references people on delete cascade,
  role text not null,
  team text, -- if set, the role counts for this team only
  ends_at timestamptz,
  unique nulls not distinct (person, role, team)
);

create table conversations (
  id text primary key,
  subject text not null,
  assignee bigint references people,
  team text
);

insert into conversations values
  ('invoice', 'Invoice', null, 'sales'), ('offer', 'Offer', null, 'sales'), ('delivery', 'Delivery', null, 'support');

create table session (
  sid text primary key,
  sess json not null,
  expire timestamptz not null
);
create index on session (expire);

insert into snapshots values ('acme', '{
  "format": "rolegate/1",
  "tenant": "acme",
  "revision": 1,
  "catalog": {
    "categories": [
      {
        "id": "conversations",
        "permissions": [
          { "id": "conversations.view", "scopes": ["own", "team", "all"] },
          { "id": "conversations.reply", "scopes": ["own", "team", "all"], "requires": ["conversations.view"] },
          { "id": "conversations.delete", "scopes": ["own", "team", "all"], "requires": ["conversations.view"] }
        ]
      },
      { "id": "roles", "permissions": [{ "id": "roles.preview" }] }
    ],
    "resources": { "conversations": { "owner": "assignee", "team": "team" } }
  },
  "teams": [{ "id": "emea" }, { "id": "sales", "parent": "emea" }, { "id": "support" }],
  "roles": [
    { "id": "agent", "name": "Agent", "grants": { "conversations.view": "team", "conversations.reply": "team" } },
    {
      "id": "lead",
      "name": "Team Lead",
      "grants": { "conversations.view": "all", "conversations.*": "team", "roles.preview": true }
    },
    { "id": "trainer", "name": "Trainer", "grants": { "conversations.view": "team", "roles.preview": true } },
    { "id": "owner", "name": "Owner", "grants": { "*": true } }
  ]
}');
