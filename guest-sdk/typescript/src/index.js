// What a workflow may import: help with what it reads.

const DAY_MS = 86_400_000;

/** @type {typeof import("../types/index.js").localTime} */
export function localTime(context, instant = new Date()) {
  const offset = context.utcOffsetSeconds;
  return offset === null ? null : utcTime(new Date(instant.getTime() + offset * 1000));
}

/** @type {typeof import("../types/index.js").utcTime} */
export function utcTime(instant = new Date()) {
  return {
    year: instant.getUTCFullYear(),
    month: instant.getUTCMonth() + 1,
    day: instant.getUTCDate(),
    hour: instant.getUTCHours(),
    minute: instant.getUTCMinutes(),
    second: instant.getUTCSeconds(),
    // 1970-01-01 was a Thursday.
    weekday: ((((Math.floor(instant.getTime() / DAY_MS) + 3) % 7) + 7) % 7) + 1,
  };
}

/** @type {typeof import("../types/index.js").refererHost} */
export function refererHost({ referer }) {
  const authority = /^[a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(referer ?? "")?.[1] ?? "";
  const host = authority.replace(/^.*@/, "").replace(/:[^:\]]*$/, "");
  return host === "" ? null : host.toLowerCase();
}
