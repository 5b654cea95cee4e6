// What a command is, and what it may use of the machine.

import type { ParseArgsConfig } from "node:util";

/** 0: yes, or nothing found; 1: no, or something found; 2: what was given cannot be used. */
export type ExitCode = 0 | 1 | 2;

/** Where a command reads and writes. */
export interface Terminal {
  /** Writes a line. */
  print(line: string): void;
  /** Writes text as it is. */
  pour(text: string): void;
  /** The same, for what is not the answer. */
  warn(line: string): void;
  readonly hasColors: boolean;
  /** The same, for what is not the answer. */
  readonly warnsInColors: boolean;
  /** The text of a file, `-` for the standard input. */
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Writes a file that must not be there yet. */
  create(path: string, text: string, mode: number): Promise<void>;
}

/** Values of options, as `parseArgs` gives them. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** One command: what it is called with, and what it does. */
export interface Command {
  /** After the name of the command: its arguments. */
  readonly usage: string;
  /** What it does, and an example: at most what fits a screen. */
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** How many arguments it takes. */
  readonly count: readonly [from: number, to: number];
  run(args: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode>;
}

/** A call that cannot be understood, or a file that cannot be used: exit code 2. */
export class Unusable extends Error {}
