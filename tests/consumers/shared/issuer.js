/** Who issues the tokens: a realm of Keycloak, here on this machine. Yours begins with `https`. */
export const ISSUER = "http://localhost:8080/realms/acme";
