import { rolegate } from "rolegate/vue";

/** The server's answers, in the page's payload; `refreshNuxtData("gate")` fetches newer ones. */
export default defineNuxtPlugin(async ({ vueApp }) => {
  const { data } = await useFetch("/me/gate", { key: "gate" });
  vueApp.use(rolegate, data);
  return { provide: { roles: data } };
});
