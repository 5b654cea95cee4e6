import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/rendered")({
  component: () => <button type="button">Sign in</button>,
});
