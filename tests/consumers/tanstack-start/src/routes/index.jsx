import { createFileRoute, Link } from "@tanstack/react-router";

export const Route = createFileRoute("/")({
  component: () => (
    <>
      <Link to="/team">Team</Link>
      <button type="button">Help</button>
    </>
  ),
});
