import { createContext } from "svelte";

export const [getGate, setGate] = createContext();
