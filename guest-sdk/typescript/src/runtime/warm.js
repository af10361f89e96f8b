// What the engine makes when it is first used, made before the snapshot: functions of the language are objects, and each
// would be made anew by every decision that calls it.

const { Array, DataView, Date, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String } = globalThis;
for (const part of [Array, DataView, Date, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String]) {
  for (const holder of [part, /** @type {{ prototype?: object }} */ (part).prototype ?? {}]) {
    for (const name of Reflect.ownKeys(holder)) Reflect.getOwnPropertyDescriptor(holder, name);
  }
}
