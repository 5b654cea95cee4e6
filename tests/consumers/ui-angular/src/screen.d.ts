import type { RolegateSource } from "rolegate/angular";
import type { Store } from "rolegate/store";

interface Row {
  readonly id: number;
  readonly owner: string;
}

export declare const rows: readonly Row[];
export declare const sources: { readonly none: RolegateSource; readonly store: Store };
export declare const app: {
  readonly renders: number[];
  readonly sourceOf: (name: string) => RolegateSource;
  readonly startOf: { readonly source: string; readonly late: object | null | undefined; readonly named: string };
  [control: string]: unknown;
};
