import "core-js/actual/url";

export const { URL, URLSearchParams } = globalThis;
