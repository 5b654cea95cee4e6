import { index, route } from "@react-router/dev/routes";

export default [
  index("routes/inbox.jsx"),
  route("rendered", "routes/rendered.jsx"),
  route("team", "routes/team.jsx"),
  route("me/roles", "routes/service.js", { id: "roles" }),
  route("reply/:conversation", "routes/service.js", { id: "reply" }),
];
