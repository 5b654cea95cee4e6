/** Who issues the tokens; here a realm of Keycloak. */
export const ISSUER = "https://id.example.com/realms/acme";
