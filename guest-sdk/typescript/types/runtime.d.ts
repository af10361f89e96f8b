/**
 * What is there at run time besides the language itself (ES2023 without `Intl`): nothing that waits, nothing that
 * reaches out, and every clock stands still at the decision's instant.
 */

/** Writes to the decision's log, which is kept with its diagnostics: 16 KiB at most. */
declare const console: {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

/** A clock that stands still: `now()` is always 0. */
declare const performance: { now(): number };

/** Runs a function after the one that runs now. */
declare function queueMicrotask(callback: () => void): void;

/** A deep copy. Functions cannot be copied. */
declare function structuredClone<T>(value: T): T;

/** Decodes base64. */
declare function atob(base64: string): string;
/** Encodes as base64 a string whose characters are all below U+0100. */
declare function btoa(binary: string): string;

/** A URL in its parts, as the URL standard defines it. */
declare class URL {
  constructor(url: string | URL, base?: string | URL);
  static canParse(url: string | URL, base?: string | URL): boolean;
  static parse(url: string | URL, base?: string | URL): URL | null;
  hash: string;
  host: string;
  hostname: string;
  href: string;
  readonly origin: string;
  password: string;
  pathname: string;
  port: string;
  protocol: string;
  search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  toString(): string;
  toJSON(): string;
}

/** The parameters of a query. */
declare class URLSearchParams {
  constructor(init?: string | Iterable<readonly [string, string]> | Record<string, string> | URLSearchParams);
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  forEach(callback: (value: string, name: string, parent: URLSearchParams) => void): void;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  entries(): IterableIterator<[string, string]>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
}

/** Writes UTF-8. */
declare class TextEncoder {
  readonly encoding: "utf-8";
  encode(text?: string): Uint8Array;
}

/** Reads bytes as text: UTF-8 unless another encoding is named. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}
