// The room in the engine's memory that a request is written into: what JavaScript reads there, it reads as parts of an
// array and of a text which the snapshot has, so nothing is made to look at it.
//
// The build finds both in the snapshot by what is in them, and lets the host's words go there (`build/component/room.js`).

/** How large each part is, in bytes. What has no room in it is read in another, slower way. */
export const ROOM_BYTES = 16_384;

/** What both parts are full of while the module loads, over and over. It is as long as the largest number. */
export const MARK = { records: "usher:r:", texts: "usher:t:" };

/**
 * Words at the start of the records: the addresses of both parts, which texts are not of ASCII alone, and whether the
 * answer is a refusal.
 */
export const WORD = { texts: 0, records: 1, unlikeFrom: 2, unlikeTo: 3, isRefusal: 4 };

/** Where records begin. */
export const HEAD_BYTES = 24;

/** Where the decision's instant is, which the engine's clock shows. */
export const INSTANT = HEAD_BYTES + 368;
